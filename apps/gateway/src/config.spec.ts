import { expect, it } from '@jest/globals';
import { Config } from './config.js';

const given = { API_KEY_PEPPER: 'p'.repeat(32), CONFIG_SERVICE_URL: 'http://a:1', ATTEMPT_LOG_URL: 'http://b:1', KAFKA_BROKERS: 'c:1' };
const replica = (url: string): string | undefined => Config.safeParse({ ...given, REPLICA_URL: url }).data?.REPLICA_URL;

it.each([
  ['http://10.1.2.3:8080', 'http://10.1.2.3:8080'],
  ['http://fd00:10:244::5:8080', 'http://[fd00:10:244::5]:8080'],
  ['http://::1:8080', 'http://[::1]:8080'],
  ['http://[fd00::5]:8080', 'http://[fd00::5]:8080'],
  ['https://gateway-1.internal/', 'https://gateway-1.internal'],
])('accepts the address of a pod as Kubernetes writes it, of either family: %s', (url, expected) => {
  expect(replica(url)).toBe(expected);
});

it.each(['fd00::5:8080', 'http://fd00:::5:8080', 'http://:8080', 'ftp://10.1.2.3:1', ''])('refuses %j as an address', (url) => {
  expect(replica(url)).toBeUndefined();
});

it.each([
  ['https://app.acme.com, https://*.acme.com', ['https://app.acme.com', 'https://*.acme.com']],
  ['none', ["'none'"]],
  ['none, https://app.acme.com', undefined],
  ["'self'", undefined],
])('takes %s as the pages that may show the portal', (origins, expected) => {
  expect(Config.safeParse({ ...given, PORTAL_ORIGINS: origins }).data?.PORTAL_ORIGINS).toEqual(expected);
});

it('refuses a logo that is not there, or is no picture', () => {
  const take = (file: string) => Config.safeParse({ ...given, PORTAL_LOGO_FILE: file }).error?.issues.map(({ message }) => message);
  expect([take('/nowhere/logo.svg'), take(import.meta.filename)]).toEqual([['there is no such file'], ['must be a file .svg, .png, .jpg, .jpeg or .webp']]);
});
