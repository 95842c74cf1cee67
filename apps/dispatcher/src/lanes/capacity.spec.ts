import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Capacity, type Account } from './capacity.js';

let now = 0;
const queued = { deliveries: 900, bytes: 9_000 };
const capacity = (inFlight: number): Capacity => new Capacity({ inFlight, queued }, () => now);

describe('what a process has', () => {
  beforeEach(() => {
    now = 1_000_000;
  });

  /** Starts as many of the tenant's requests as possible, at most `most`. Returns how many. */
  function start(of: Capacity, account: Account, most = Infinity, wake: () => void = () => undefined): number {
    let started = 0;
    for (; started < most && of.admits(account, wake); started++) of.start(account);
    return started;
  }

  it('is shared by tenants so that some is free for whoever comes next', () => {
    const c = capacity(1_000);
    const started = ['a', 'b', 'c', 'd', 'e'].map((tenant) => start(c, c.open(tenant)));
    expect(started).toEqual([800, 160, 32, 6, 1]);
  });

  it('gives a place to the next lane of a tenant if the first has nothing to send any more: the delivery waited for a review', () => {
    const c = capacity(1);
    const [one, other] = [c.open('a'), c.open('b')];
    start(c, one, 1);
    const woken: string[] = [];
    for (const lane of ['gave up', 'gave up, too', 'waits']) expect(c.admits(one, () => void woken.push(lane))).toBe(false);
    expect(c.admits(other, () => { woken.push('starts'); start(c, other, 1); })).toBe(false);
    expect(c.admits(one, () => void woken.push('last'))).toBe(false);
    c.end(one);
    expect(woken).toEqual(['gave up', 'starts']);
    c.end(other);
    expect(woken).toEqual(['gave up', 'starts', 'gave up, too', 'waits', 'last']);
  });

  it('goes round among the tenants that wait, and among the lanes of each', () => {
    const c = capacity(10);
    const turns: string[] = [];
    const accounts = { a: c.open('a'), b: c.open('b'), c: c.open('c') };
    start(c, accounts.c);
    const lane = (name: keyof typeof accounts, number: number): void => {
      const wake = (): void => {
        if (!c.admits(accounts[name], wake)) return;
        c.start(accounts[name]);
        turns.push(`${name}${number}`);
        c.end(accounts[name]);
        c.admits(accounts[name], wake);
      };
      c.start(accounts[name]);
      c.admits(accounts[name], wake);
    };
    lane('a', 1);
    lane('b', 1);
    lane('b', 2);
    for (let n = 0; n < 3; n++) c.end(accounts.c);
    expect(turns.slice(0, 3)).toEqual(['a1', 'b1', 'b2']);
  });

  it('never has more in flight than its limit, keeps nobody waiting while it could start, and starves nobody', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.array(fc.tuple(fc.nat(4), fc.boolean()), { maxLength: 300 }), (limit, steps) => {
        const c = capacity(limit);
        const tenants = [0, 1, 2, 3, 4].map((n) => ({ account: c.open(String(n)), wanting: 0, got: 0 }));
        const lanes = tenants.map((tenant) => function admit(): void {
          while (tenant.wanting > 0 && c.admits(tenant.account, admit)) {
            c.start(tenant.account);
            tenant.wanting -= 1;
            tenant.got += 1;
          }
        });
        const inFlight = (): number => tenants.reduce((sum, { account }) => sum + account.inFlight, 0);
        for (const [n, comes] of steps) {
          const tenant = tenants[n]!;
          if (comes) tenant.wanting += 1;
          else if (tenant.account.inFlight > 0) c.end(tenant.account);
          lanes[n]!();
          expect(inFlight()).toBeLessThanOrEqual(limit);
          if (inFlight() === 0) expect(tenants.every(({ wanting }) => wanting === 0)).toBe(true);
        }
        for (let left = 0; left < 1_000 && inFlight() > 0; left++) c.end(tenants.find(({ account }) => account.inFlight > 0)!.account);
        expect(tenants.map(({ wanting }) => wanting)).toEqual([0, 0, 0, 0, 0]);
      }),
    );
  });

  it('lets all of its queue be one tenant\'s only while nobody else is there', () => {
    const c = capacity(10);
    const [a, b] = [c.open('a'), c.open('b')];
    c.seen(a);
    c.seen(a);
    c.queue(a, 600, 100);
    expect(c.roomOf(a)).toEqual({ deliveries: 1_800, bytes: 18_000 });
    c.seen(b);
    c.seen(a);
    expect([c.roomOf(a), c.roomOf(b)]).toEqual([
      { deliveries: 300, bytes: 3_000 },
      { deliveries: 100, bytes: 2_966 },
    ]);
    now += 10_001;
    c.seen(a);
    expect([c.roomOf(a).deliveries, c.roomOf(b).deliveries]).toEqual([1_800, 100]);
  });

  it('forgets a tenant when its last lane is no more', () => {
    const c = capacity(10);
    const account = c.open('a');
    expect(c.open('a')).toBe(account);
    c.close('a');
    expect(c.open('a')).toBe(account);
    c.close('a');
    c.close('a');
    expect(c.open('a')).not.toBe(account);
  });
});
