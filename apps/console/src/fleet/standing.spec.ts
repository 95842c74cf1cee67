import { describe, expect, it } from '@jest/globals';
import { alone, lagsOf, sentenceOf, silentFor, type Instance } from './standing.js';

const at = '2026-01-01T00:01:00.000Z';
const instance = (service: string, more: object = {}): Instance => ({ service, instance: `${service}:8080`, version: '1.0.0', since: at, seenAt: '2026-01-01T00:00:55.000Z', ready: true, faults: [], ...more }) as Instance;
const lag = (partition: number, lagRecords: number, lagSeconds: number, topic = 'events') => ({ group: 'dispatcher', topic, partition, lagRecords, lagSeconds });
const silent = { seenAt: '2026-01-01T00:00:30.000Z' };

describe('a fleet', () => {
  it('has a process silent after 15 seconds, by the clock of the answer', () => {
    expect(silentFor(instance('gateway'), at)).toBe(null);
    expect(silentFor(instance('gateway', silent), at)).toBe(30_000);
  });

  it('says what is lost with the only one of its kind, and does not count one that is silent', () => {
    const instances = [instance('gateway'), instance('gateway', silent), instance('dispatcher'), instance('dispatcher')];
    expect(alone({ instances, at }).map(({ service }) => service)).toEqual(['gateway']);
  });

  it('says who is silent, who is not ready, and who is furthest behind', () => {
    const instances = [instance('gateway'), instance('dispatcher', { ready: false, faults: ['Kafka is away'] }), instance('attempt-log', silent)];
    expect(sentenceOf({ at, instances, groups: [lag(0, 1, 0), lag(1, 40, 20)] })).toBe('1 process is silent, and 1 is not ready; 1 of 3 work. The dispatcher is 20 s behind on events.');
    expect(sentenceOf({ at, instances: [instance('gateway')], groups: [lag(0, 0, 0)] })).toBe('The one process is ready. None is behind.');
  });

  it('adds up what a group is behind in a topic, and has the furthest first', () => {
    const [first, second] = lagsOf([lag(0, 5, 0), lag(1, 1, 10), lag(0, 100, 0, 'deliveries')]);
    expect(first).toMatchObject({ topic: 'events', records: 6, seconds: 10, partitions: [{ partition: 1 }, { partition: 0 }] });
    expect(second).toMatchObject({ topic: 'deliveries', records: 100, seconds: 0 });
  });
});
