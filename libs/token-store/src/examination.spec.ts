import { expect, it } from '@jest/globals';
import { findingsIn } from './examination.js';

const info = (policy: string, clusterEnabled: string): string => `# Memory\r\nmaxmemory_policy:${policy}\r\n# Cluster\r\ncluster_enabled:${clusterEnabled}\r\n`;
const messages = (text: string, asOneServer: boolean) => findingsIn(text, asOneServer).map(({ level, message }) => `${level}: ${message}`);

it('reports nothing if the policy evicts nothing, or only the keys with the nearest expiry', () => {
  for (const policy of ['noeviction', 'volatile-ttl']) expect(messages(info(policy, '0'), true)).toEqual([]);
  expect(messages(info('noeviction', '1'), false)).toEqual([]);
  expect(messages('', true)).toEqual([]);
});

it('reports a policy that evicts keys in use', () => {
  expect(messages(info('allkeys-lru', '0'), true)).toEqual([expect.stringMatching(/^warn: .*allkeys-lru.*noeviction/)]);
});

it('reports a cluster that is configured as one server: every token and event went unchecked, and nothing said so', () => {
  expect(messages(info('noeviction', '1'), true)).toEqual([expect.stringMatching(/^error: .*REDIS_CLUSTER/)]);
});
