import { expect, it } from '@jest/globals';
import { Pulse } from '@nuncio/contracts';
import { Fleet, FORGOTTEN_AFTER_MS } from './fleet.js';

const pulseOf = (instance: string, more: Partial<Pulse> = {}): Pulse => Pulse.parse({ service: 'dispatcher', instance, version: '0.1.0', since: 1, ready: true, faults: [], lanes: [], ...more });
const lane = (callback: string, inFlight: number, queued = 0) => ({ callback, inFlight, queued });

let elapsed = 0;
const clock = (): number => elapsed;
/** A broker whose clock is an hour ahead of ours. */
const AHEAD = 3_600_000;

it('shows the last pulse of each process, until the process stops or has been silent for ten minutes', () => {
  const fleet = new Fleet(clock, () => 0);
  fleet.take(pulseOf('b:1'), AHEAD);
  fleet.take(pulseOf('a:1', { ready: false, faults: ['the consumer groups are not joined'] }), AHEAD);
  fleet.take(pulseOf('a:1'), AHEAD + 5_000);
  fleet.take(pulseOf('a:1', { service: 'gateway', lanes: null }), AHEAD + 5_000);
  const shown = () => fleet.instances.map(({ pulse, seenAt }) => `${pulse.service} ${pulse.instance} ${String(pulse.ready)} ${seenAt - AHEAD}`);
  expect(shown()).toEqual(['dispatcher a:1 true 5000', 'dispatcher b:1 true 0', 'gateway a:1 true 5000']);
  fleet.take(pulseOf('a:1', { isLeaving: true }), AHEAD + 6_000);
  expect(shown()).toEqual(['dispatcher b:1 true 0', 'gateway a:1 true 5000']);
  elapsed += FORGOTTEN_AFTER_MS - 3_000;
  expect(shown()).toEqual(['gateway a:1 true 5000']);
  expect(fleet.at).toBe(AHEAD + 6_000 + FORGOTTEN_AFTER_MS - 3_000);
});

it('adds up the figures of a callback over all dispatchers', () => {
  const fleet = new Fleet(clock);
  expect(fleet.loadOf('cb_1')).toBeNull();
  fleet.take(pulseOf('a:1', { lanes: [lane('cb_1', 3, 7), lane('cb_2', 1)] }), 0);
  fleet.take(pulseOf('b:1', { lanes: [lane('cb_1', 2)] }), 0);
  fleet.take(pulseOf('g:1', { service: 'gateway', lanes: null }), 0);
  expect([fleet.loadOf('cb_1'), fleet.loadOf('cb_2'), fleet.loadOf('cb_3')]).toEqual([{ inFlight: 5, queued: 7 }, { inFlight: 1, queued: 0 }, { inFlight: 0, queued: 0 }]);
});

it('says that a figure is unknown if a dispatcher leaves it out, and skips a silent dispatcher', () => {
  const fleet = new Fleet(clock);
  fleet.take(pulseOf('a:1', { lanes: [lane('cb_1', 3)], lanesLeftOut: 1 }), 0);
  fleet.take(pulseOf('b:1', { lanes: [lane('cb_1', 2), lane('cb_2', 1)] }), 0);
  expect([fleet.loadOf('cb_1'), fleet.loadOf('cb_2')]).toEqual([{ inFlight: 5, queued: 0 }, null]);
  elapsed += 20_000;
  expect(fleet.loadOf('cb_1')).toBeNull();
  fleet.take(pulseOf('b:1', { lanes: [lane('cb_2', 4)] }), 20_000);
  expect([fleet.loadOf('cb_1'), fleet.loadOf('cb_2')]).toEqual([{ inFlight: 0, queued: 0 }, { inFlight: 4, queued: 0 }]);
});
