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
});
