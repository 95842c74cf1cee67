import { setTimeout as pause } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { describe, expect, it } from '@jest/globals';
import { Turnstile, type Passage } from './turnstile.js';

function at(isMember = (): boolean => true) {
  const turnstile = new Turnstile(() => (isMember() ? Infinity : 0));
  const [stopping, losing] = [new AbortController(), new AbortController()];
  const passage = (): Passage => turnstile.passage({ signal: stopping.signal, lost: losing.signal });
  return { turnstile, passage, stopping, losing };
}

/** Whether it is still undecided after some looks of the turnstile. */
const isWaiting = async (passing: unknown): Promise<boolean> =>
  (await Promise.race([Promise.resolve(passing).then(() => 'settled'), new Promise((resolve) => setTimeout(resolve, 100, 'waiting'))])) === 'waiting';

/** Alive, of the test's realm and of Node's. */
const promises = (): number => [Promise, pause(0).constructor].reduce((sum, kind) => sum + queryObjects(kind, { format: 'count' }), 0);

describe('the turnstile', () => {
  it('is quiet only when what was sent is on record: between answer and fact a rebalance repeated it', async () => {
    const { turnstile, passage } = at();
    const record = passage();
    expect(await record.pass()).toBe(true);
    const closed = turnstile.close();
    expect(await isWaiting(closed)).toBe(true);
    record.end();
    await closed;
  });

  it('lets the rest of a record follow when it has closed in the middle: half a record was done again as a whole', async () => {
    const { turnstile, passage, stopping } = at();
    const [begun, other] = [passage(), passage()];
    await begun.pass();
    void turnstile.close();
    stopping.abort();
    expect(await begun.pass()).toBe(true);
    expect([begun.aborted, other.aborted, await other.pass()]).toEqual([false, true, false]);
    begun.end();
  });

  it('lets nothing follow once the partition is lost', async () => {
    const { passage, stopping, losing } = at();
    const begun = passage();
    await begun.pass();
    stopping.abort();
    losing.abort();
    expect(await begun.pass()).toBe(false);
  });

  it('keeps everything back while it is closed or nobody knows whose the partitions are', async () => {
    let isMember = false;
    const { turnstile, passage } = at(() => isMember);
    const passing = passage().pass();
    expect(await isWaiting(passing)).toBe(true);
    isMember = true;
    expect(await passing).toBe(true);
    void turnstile.close();
    const next = passage().pass();
    expect(await isWaiting(next)).toBe(true);
    turnstile.open();
    expect(await next).toBe(true);
  });

  it('does not wait for what itself waits for the group: after an outage both stood still for 5 s', async () => {
    let isMember = true;
    const { turnstile, passage } = at(() => isMember);
    const record = passage();
    await record.pass();
    isMember = false;
    const next = record.pass();
    await turnstile.close();
    isMember = true;
    expect(await next).toBe(true);
    const closed = turnstile.close();
    expect(await isWaiting(closed)).toBe(true);
    record.end();
    await closed;
  });

  it('holds no more memory the longer it stays closed: each look left a promise behind', async () => {
    const { turnstile, passage } = at();
    void turnstile.close();
    const passing = Array.from({ length: 1_000 }, () => passage().pass());
    await pause(50);
    const before = promises();
    await pause(300);
    expect(promises()).toBeLessThan(before + 1_000);
    turnstile.open();
    for (const one of passing) expect(await one).toBe(true);
  });
});
