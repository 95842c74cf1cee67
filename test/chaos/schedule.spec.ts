import { describe, expect, it } from '@jest/globals';
import { scheduleOf } from './schedule.js';

const scope = { seconds: 30, receivers: ['narrow', 'steady'], servers: true, brokers: [] };
const seeds = Array.from({ length: 50 }, (_, seed) => seed);

describe('a schedule of faults', () => {
  it('is the same for the same seed, and different for another', () => {
    expect(scheduleOf(7, scope)).toEqual(scheduleOf(7, scope));
    expect(new Set(seeds.map((seed) => JSON.stringify(scheduleOf(seed, scope)))).size).toBe(seeds.length);
  });

  it.each([
    [6, false],
    [10, true],
  ])('always kills a dispatcher, and always has a receiver that hangs, even in %i seconds', (seconds, servers) => {
    for (const seed of seeds) {
      const faults = scheduleOf(seed, { ...scope, seconds, servers });
      if (servers) expect(faults).toContainEqual(expect.objectContaining({ fault: 'kill', target: 'Kafka' }));
      expect(faults).toContainEqual(expect.objectContaining({ fault: 'kill', target: 'dispatcher' }));
      expect(faults).toContainEqual(expect.objectContaining({ fault: 'hanging', target: 'narrow' }));
    }
  });

  it('leaves servers alone that it did not start', () => {
    const targets = new Set(seeds.flatMap((seed) => scheduleOf(seed, { ...scope, servers: false }).map(({ target }) => target)));
    expect([...targets].sort()).toEqual(['attempt-log', 'dispatcher', 'gateway', 'narrow', 'steady', 'token-service']);
  });

  it('kills one of several brokers first, and over some seeds applies every fault to each', () => {
    const schedules = seeds.map((seed) => scheduleOf(seed, { ...scope, seconds: 60, brokers: [1, 2, 3] }));
    for (const faults of schedules) expect(faults).toContainEqual(expect.objectContaining({ fault: 'kill', target: 'broker' }));
    const done = new Set(schedules.flat().flatMap((planned) => ('brokers' in planned ? [`${planned.fault} ${planned.brokers.length === 1 ? planned.brokers[0] : 'two'}`] : [])));
    expect([...done].sort()).toEqual([...['cut', 'freeze', 'kill', 'silence'].flatMap((fault) => [1, 2, 3].map((number) => `${fault} ${number}`)), 'kill two'].sort());
    expect(schedules.flat()).toContainEqual(expect.objectContaining({ fault: 'restart', target: 'brokers' }));
  });

  it('over some seeds applies every fault', () => {
    const faults = new Set(seeds.flatMap((seed) => scheduleOf(seed, scope).map(({ fault, target }) => `${fault} ${target}`)));
    expect(faults.size).toBe(5 + 6 + 6 + 6);
  });
});
