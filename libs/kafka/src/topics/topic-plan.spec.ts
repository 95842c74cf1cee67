import { describe, expect, it } from '@jest/globals';
import { attempts, configState, events, tiers, type Topic } from '@nuncio/contracts';
import { PartitionCounts } from './partition-counts.js';
import { faultsOf } from './topic-check.js';
import { planTopic, type PresentTopic } from './topic-plan.js';
import { settingsOf } from './topic-settings.js';

const day = tiers.at(-1)!.topic;
/** A topic as migrate leaves it, except for the settings that were made by hand. */
function present(topic: Topic, { copies = 3, partitions = topic.partitions, byHand = {} }: { copies?: number; partitions?: number; byHand?: Record<string, string> } = {}): PresentTopic {
  const ours = settingsOf(topic, copies, {}).map(({ name, value }) => [name, value] as const);
  return { partitions, copies, settings: new Map([...ours, ...Object.entries(byHand)].map(([name, value]) => [name, { value, own: true }])) };
}

describe('planTopic', () => {
  it('has nothing to do about a topic that is as it should be', () => {
    expect(planTopic(events, present(events), {})).toMatchObject({ isNew: false, settings: [], partitions: null, lines: [], refusals: [] });
  });

  it('keeps what was set by hand, and says so', () => {
    const { settings, lines } = planTopic(events, present(events, { byHand: { 'retention.ms': '86400000', 'min.insync.replicas': '3', 'compression.type': 'zstd', 'max.message.bytes': '9000000' } }), {});
    expect(settings).toEqual([]);
    expect(lines).toEqual(['keeps retention.ms=86400000, which was set by hand; the default is 604800000']);
  });

  it('has its way where nothing works without', () => {
    const byHand = { 'cleanup.policy': 'delete', 'message.timestamp.type': 'CreateTime', 'max.message.bytes': '1000' };
    expect(planTopic(configState, present(configState, { byHand }), {}).settings.map(({ name }) => name)).toEqual(['cleanup.policy', 'message.timestamp.type', 'max.message.bytes']);
  });

  it('sets what is the cluster\'s default and not ours, such as one copy that is in sync', () => {
    const former: PresentTopic = { partitions: 12, copies: 3, settings: new Map([...present(events).settings, ['min.insync.replicas', { value: '1', own: false }]]) };
    expect(planTopic(events, former, {}).settings).toMatchObject([{ name: 'min.insync.replicas', value: '2' }]);
    expect(planTopic(events, { ...former, copies: 1 }, {}).settings).toEqual([]);
    expect(planTopic(events, former, { minInsync: 3 }).settings).toMatchObject([{ name: 'min.insync.replicas', value: '3' }]);
  });

  it('adds partitions where asked for, and leaves every other count as it is', () => {
    expect(planTopic(events, present(events), { partitions: { events: 96 } })).toMatchObject({ partitions: 96, lines: ['grows from 12 to 96 partitions'] });
    expect(planTopic(attempts, present(attempts, { partitions: 6 }), { partitions: { events: 96 } }).partitions).toBeNull();
    expect(planTopic(events, present(events, { partitions: 96 }), { partitions: { events: 24 } })).toMatchObject({ partitions: null, lines: ['keeps its 96 partitions: Kafka takes none away'], refusals: [] });
    expect(planTopic(events, null, { partitions: { events: 24 } })).toMatchObject({ isNew: true, partitions: 24 });
    expect(planTopic(configState, present(configState), { partitions: { 'config.state': 2 } }).refusals).toHaveLength(1);
    expect(planTopic(configState, present(configState, { partitions: 3 }), {}).refusals).toHaveLength(1);
  });

  it('refuses a tier that forgets what waits in it', () => {
    expect(planTopic(day, present(day, { byHand: { 'retention.ms': '86400000' } }), {}).refusals[0]).toContain('Set retention.ms to 87000000 at least');
    for (const kept of ['90000000', '-1']) expect(planTopic(day, present(day, { byHand: { 'retention.ms': kept } }), {}).refusals).toEqual([]);
  });
});

it('tells at start what may lose records', () => {
  const found = (topic: Topic, byHand: Record<string, string>) => faultsOf([{ topic, name: `n.${topic.name}`, found: present(topic, { byHand }) }]);
  expect(found(events, {})).toEqual([]);
  expect(found(events, { 'min.insync.replicas': '1' })[0]).toContain('n.events');
  expect(found(day, { 'message.timestamp.type': 'CreateTime' })[0]).toContain('not LogAppendTime');
  expect(found(day, { 'retention.ms': '90000000' })[0]).toContain('Set its retention.ms to 172800000');
  expect(found(attempts, { 'retention.ms': '3600000' })).toHaveLength(1);
  for (const policy of ['delete', 'compact,delete']) expect(found(configState, { 'cleanup.policy': policy })).toEqual([expect.stringContaining('n.config.state). Run npm run migrate, and then npm run rebuild')]);
  for (const policy of ['compact', 'compact,delete']) expect(found(events, { 'cleanup.policy': policy })).toEqual([expect.stringContaining('the others are lost (n.events)')]);
  expect(found(day, { 'retention.bytes': '1073741824' })).toEqual([expect.stringContaining('or that are not due yet (n.delay.24h). Set it to -1')]);
  expect(found(configState, { 'retention.bytes': '1073741824' })).toEqual([]);
  expect(found(events, { 'unclean.leader.election.enable': 'true' })).toEqual([expect.stringContaining('and they are lost (n.events). Set it to false')]);
  expect(found(events, { 'max.message.bytes': '1048588' })).toEqual([expect.stringContaining('large records are refused, and go to quarantine (n.events)')]);
});

it('reads how many partitions topics are to have', () => {
  expect(PartitionCounts.parse('events=96, delay.1h=8')).toEqual({ events: 96, 'delay.1h': 8 });
  for (const wrong of ['events', 'events=0', 'evnts=9', 'events=96;attempts=24', '']) expect(PartitionCounts.safeParse(wrong).success).toBe(false);
});
