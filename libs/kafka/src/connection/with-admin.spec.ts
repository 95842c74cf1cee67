import { describe, expect, it } from '@jest/globals';
import kafkajs, { type Admin } from 'kafkajs';
import { withAdmin } from './with-admin.js';

const refusal = (type: string): Error => Object.assign(new kafkajs.KafkaJSNonRetriableError(type), { type });

describe('withAdmin', () => {
  const connections: string[] = [];
  const kafka = { admin: () => ({ connect: () => Promise.resolve(connections.push('open')), disconnect: () => Promise.resolve(connections.push('closed')) }) as unknown as Admin };

  it('asks again while the coordinator of a group is loading: a command right after the start of Kafka failed', async () => {
    let asked = 0;
    const work = (): Promise<number> => (++asked < 3 ? Promise.reject(refusal('GROUP_LOAD_IN_PROGRESS')) : Promise.resolve(asked));
    expect(await withAdmin(kafka, work)).toBe(3);
    expect(connections.splice(0)).toEqual(['open', 'closed']);
  });

  it('fails at once for every other reason', async () => {
    let asked = 0;
    const work = (): Promise<never> => (asked++, Promise.reject(refusal('GROUP_AUTHORIZATION_FAILED')));
    await expect(withAdmin(kafka, work)).rejects.toThrow('GROUP_AUTHORIZATION_FAILED');
    expect([asked, ...connections.splice(0)]).toEqual([1, 'open', 'closed']);
  });
});
