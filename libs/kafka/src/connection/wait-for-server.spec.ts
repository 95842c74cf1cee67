import { expect, it } from '@jest/globals';
import { waitForServer, waits } from './wait-for-server.js';

/** A server that fails like this, one try after the other, and then answers. */
function server(...failures: readonly string[]) {
  let tries = 0;
  return (): Promise<string> => {
    const failure = failures[tries++];
    return failure === undefined ? Promise.resolve('there') : Promise.reject(new Error(failure));
  };
}

it('says each reason once while it waits without an end, and that the wait is over: two reasons in turn were said at each try', async () => {
  const [said, told]: [string[], unknown[]] = [[], []];
  const hear = (message: unknown): void => void told.push(message);
  waits.subscribe(hear);
  const reached = waitForServer('Kafka', server('away', 'refused', 'away'), { forMs: Infinity, isAway: () => true, say: (line) => said.push(line) });
  expect(await reached).toBe('there');
  waits.unsubscribe(hear);
  expect(said).toEqual(['waiting for Kafka: away', 'waiting for Kafka: refused']);
  expect(told).toEqual(['waiting for Kafka: away', 'waiting for Kafka: refused', 'waiting for Kafka: away', null]);
});

it('says how long it still waits, and gives up', async () => {
  const said: string[] = [];
  const never = waitForServer('Kafka', server(...Array<string>(100).fill('away')), { forMs: 600, isAway: () => true, say: (line) => said.push(line) });
  await expect(never).rejects.toThrow('Kafka was not there within 1 s: away');
  expect(said).toEqual(['waiting for Kafka, 1 s more: away']);
});

it('does not wait for a server that answers, and refuses, and tells nobody of a server that is there', async () => {
  const told: unknown[] = [];
  const hear = (message: unknown): void => void told.push(message);
  waits.subscribe(hear);
  await expect(waitForServer('Kafka', server('not you'), { forMs: Infinity, isAway: () => false })).rejects.toThrow('Kafka refuses: not you');
  expect(await waitForServer('Kafka', server(), { forMs: Infinity, isAway: () => true })).toBe('there');
  waits.unsubscribe(hear);
  expect(told).toEqual([]);
});
