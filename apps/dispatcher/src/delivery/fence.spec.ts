import { setTimeout as pause } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { describe, expect, it } from '@jest/globals';
import { Fence } from './fence.js';
import type { Lease } from './lease.js';

function at(isMember = (): boolean => true) {
  const fence = new Fence(() => (isMember() ? Infinity : 0));
  const [stopping, losing] = [new AbortController(), new AbortController()];
  const claim = () => fence.claim({ signal: stopping.signal, lost: losing.signal });
  return { fence, claim, lease: (): Lease => claim().lease(), stopping, losing };
}

/** Whether it is still undecided after some looks of the fence. */
const isWaiting = async (going: unknown): Promise<boolean> =>
  (await Promise.race([Promise.resolve(going).then(() => 'settled'), new Promise((resolve) => setTimeout(resolve, 100, 'waiting'))])) === 'waiting';

/** The number of living promises, of the test's realm and of Node's. */
const promises = (): number => [Promise, pause(0).constructor].reduce((sum, kind) => sum + queryObjects(kind, { format: 'count' }), 0);

describe('the fence', () => {
  it('is quiet only when what was sent is on record: between answer and fact a rebalance repeated it', async () => {
    const { fence, lease } = at();
    const delivery = lease();
    expect(await delivery.go()).toBe(true);
    const closed = fence.close();
    expect(await isWaiting(closed)).toBe(true);
    delivery.end();
    await closed;
  });

  it('keeps everything back while it is closed or nobody knows whose the partitions are', async () => {
    let isMember = false;
    const { fence, lease } = at(() => isMember);
    const going = lease().go();
    expect(await isWaiting(going)).toBe(true);
    isMember = true;
    expect(await going).toBe(true);
    void fence.close();
    const next = lease().go();
    expect(await isWaiting(next)).toBe(true);
    fence.open();
    expect(await next).toBe(true);
  });

  it('sends nothing that waited for the group when its partition is lost', async () => {
    const { fence, claim, losing } = at();
    const record = claim();
    const delivery = record.lease();
    const closed = fence.close();
    const going = delivery.go();
    expect(await isWaiting(going)).toBe(true);
    losing.abort();
    expect([await going, record.inFlight]).toEqual([false, 0]);
    await closed;
  });

  it('does not wait for what itself waits for the group: after an outage both stood still for 5 s', async () => {
    let isMember = true;
    const { fence, lease } = at(() => isMember);
    const delivery = lease();
    await delivery.go();
    isMember = false;
    const next = delivery.go();
    await fence.close();
    isMember = true;
    expect(await next).toBe(true);
    const closed = fence.close();
    expect(await isWaiting(closed)).toBe(true);
    delivery.end();
    await closed;
  });

  it('hands on half a record before the group is joined again, but none of which anything is in flight, nor one that is whole', async () => {
    const { fence, claim } = at();
    const handedOn: string[] = [];
    const share = (name: string, isHalfDone: boolean) => {
      const one = claim();
      const end = one.share(() => isHalfDone, () => {
        handedOn.push(name);
        end();
      });
      return one.lease();
    };
    const [half, whole, busy] = [share('half', true), share('whole', false), share('busy', true)];
    await busy.go();
    const closed = fence.close();
    await isWaiting(closed);
    expect(handedOn).toEqual([]);
    const later = share('finished by then', true);
    busy.end();
    void busy.go(); // takes up something else in the same record, and waits
    await closed;
    expect(handedOn.sort()).toEqual(['busy', 'finished by then', 'half']);
    expect([half, later, busy].map(({ aborted }) => aborted)).toEqual([true, true, true]);
    expect(whole.aborted).toBe(false);
    fence.open();
  });

  it('hands on at the very end what is still in flight, and waits until it is written', async () => {
    const { fence, claim, stopping } = at();
    const record = claim();
    let end = (): void => undefined;
    const asked = new Promise<void>((resolve) => (end = record.share(() => true, resolve)));
    const lease = record.lease();
    await lease.go();
    stopping.abort();
    expect(lease.aborted).toBe(false);
    const given = fence.handOn();
    await asked;
    expect([lease.aborted, lease.sendBefore]).toEqual([true, 0]);
    expect(await isWaiting(given)).toBe(true);
    end();
    await given;
  });

  it('hands on nothing that has ended, and goes on as soon as all that it has handed on is written', async () => {
    const { fence, claim } = at();
    const handedOn: string[] = [];
    const share = (name: string) => claim().share(() => true, () => handedOn.push(name));
    const [ended, one, other] = [share('ended'), share('one'), share('other')];
    ended();
    const startedAt = performance.now();
    const given = fence.handOn();
    one();
    expect(await isWaiting(given)).toBe(true);
    other();
    await given;
    // Less than the 1.5 s that it waits for what is not written.
    expect(performance.now() - startedAt).toBeLessThan(1_490);
    expect(handedOn).toEqual(['one', 'other']);
  });

  it('hands on no record that has something in flight when the group is joined again', async () => {
    const { fence, claim } = at();
    const handedOn: string[] = [];
    const share = (name: string) => {
      const one = claim();
      const end = one.share(() => true, () => {
        handedOn.push(name);
        end();
      });
      return one.lease();
    };
    const busy = share('busy');
    share('idle');
    await busy.go();
    await fence.close();
    expect([handedOn, busy.aborted]).toEqual([['idle'], false]);
    busy.end();
  });

  it('hands on nothing that may be another member\'s', async () => {
    const { fence, claim } = at(() => false);
    const record = claim();
    record.share(() => true, () => { throw new Error('it may not'); });
    await fence.handOn();
  });

  it('holds no more memory the longer it stays closed: each look left a promise behind', async () => {
    const { fence, lease } = at();
    void fence.close();
    const going = Array.from({ length: 1_000 }, () => lease().go());
    await pause(50);
    const before = promises();
    await pause(300);
    expect(promises()).toBeLessThan(before + 1_000);
    fence.open();
    for (const one of going) expect(await one).toBe(true);
  });
});
