import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Fence } from './fence.js';
import { verdictOf, type Lease, type Membership, type Ownership, type Stage } from './lease.js';

const OWNERSHIPS: readonly Ownership[] = ['ours', 'draining', 'lost'];
const MEMBERSHIPS: readonly Membership[] = ['certain', 'rebalancing', 'uncertain'];
const STAGES: readonly Stage[] = ['waiting', 'inFlight'];
const moments = OWNERSHIPS.flatMap((owned) => MEMBERSHIPS.flatMap((member) => STAGES.map((stage) => ({ owned, member, stage, verdict: verdictOf(owned, member, stage) }))));

describe('at every moment', () => {
  it('nothing goes that another member may be sending', () => {
    for (const { owned, member, verdict } of moments) if (owned === 'lost' || member === 'uncertain') expect(verdict).not.toBe('go');
  });

  it('what has begun is finished, unless it is lost, and waits while another member may be sending it', () => {
    for (const { owned, member, stage, verdict } of moments)
      if (stage === 'inFlight') expect(verdict).toBe(owned === 'lost' ? 'stop' : member === 'uncertain' ? 'wait' : 'go');
  });

  it('what has not begun begins only where it is ours for certain, waits while it may become so, and is given up where it will not', () => {
    for (const { owned, member, stage, verdict } of moments)
      if (stage === 'waiting') expect(verdict).toBe(owned !== 'ours' ? 'stop' : member === 'certain' ? 'go' : 'wait');
  });
});

/** What can happen to one member of a group, with two records of two deliveries each. */
type Event = 'close' | 'open' | 'doubt' | 'confirm' | 'drain' | 'lose' | `${'go' | 'end'} ${0 | 1 | 2 | 3}`;
const event: fc.Arbitrary<Event> = fc.constantFrom<Event[]>(
  ...(['close', 'open', 'doubt', 'confirm', 'drain', 'lose'] as const),
  ...([0, 1, 2, 3] as const).flatMap((n): Event[] => [`go ${n}`, `go ${n}`, `end ${n}`]),
);

it('follows the table through whatever happens, and counts what is in flight', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (course) => {
      let certain = true;
      const fence = new Fence(() => (certain ? Infinity : 0));
      const [signal, lost] = [new AbortController(), new AbortController()];
      const claims = [fence.claim({ signal: signal.signal, lost: lost.signal }), fence.claim({ signal: signal.signal, lost: lost.signal })] as const;
      const leases = [claims[0].lease(), claims[0].lease(), claims[1].lease(), claims[1].lease()];
      const stages: Stage[] = leases.map(() => 'waiting');
      /** Leases that wait for the group are not asked again: they would go on after the course. */
      const waiting = new Set<Lease>();
      let rebalancing = false;
      for (const happened of course) {
        const [what, n] = happened.split(' ');
        const lease = leases[Number(n)];
        if (what === 'close') {
          rebalancing = true;
          void fence.close();
        } else if (what === 'open') {
          rebalancing = false;
          fence.open();
        } else if (what === 'doubt' || what === 'confirm') certain = what === 'confirm';
        else if (what === 'drain') signal.abort();
        else if (what === 'lose') [signal, lost].forEach((one) => { one.abort(); });
        else if (lease && !waiting.has(lease)) {
          const owned = lost.signal.aborted ? 'lost' : signal.signal.aborted ? 'draining' : 'ours';
          const verdict = verdictOf(owned, !certain ? 'uncertain' : rebalancing ? 'rebalancing' : 'certain', stages[Number(n)] ?? 'waiting');
          if (what === 'end') {
            lease.end();
            stages[Number(n)] = 'waiting';
          } else {
            expect(lease.aborted).toBe(verdict === 'stop');
            expect(lease.sendBefore > 0).toBe(verdict === 'go');
            const goes = lease.go();
            expect(goes instanceof Promise ? 'wait' : goes ? 'go' : 'stop').toBe(verdict);
            if (verdict === 'go') stages[Number(n)] = 'inFlight';
            if (verdict === 'wait') {
              waiting.add(lease);
              stages[Number(n)] = 'waiting'; // what waits for the group is not in flight
            }
          }
        }
        expect(claims.map(({ inFlight }) => inFlight)).toEqual([0, 2].map((from) => stages.slice(from, from + 2).filter((stage) => stage === 'inFlight').length));
      }
      // Ends what waits, both deliveries and the fence.
      lost.abort();
      for (const lease of leases) lease.end();
    }),
    { numRuns: 300 },
  );
});
