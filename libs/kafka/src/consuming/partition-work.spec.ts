import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { KafkaMessage } from 'kafkajs';
import { Backlog, READ_AHEAD } from './backlog.js';
import { OffsetTracker } from './offset-tracker.js';
import { PartitionWork } from './partition-work.js';
import { TrackedRecord, type RecordOwner } from './tracked-record.js';

/** The work of a partition, whose handler returns from a batch when told to. */
function partition(backlog = new Backlog()) {
  const batches: (readonly TrackedRecord[])[] = [];
  const signals: AbortSignal[] = [];
  const room = { forParts: true };
  let returned = Promise.withResolvers<undefined>();
  const handle = (batch: readonly TrackedRecord[], signal: AbortSignal): Promise<void> => {
    batches.push(batch);
    signals.push(signal);
    returned = Promise.withResolvers();
    return returned.promise;
  };
  const work = new PartitionWork({ backlog, maxBatch: 16, hasRoomForParts: () => room.forParts, handle });
  const owner: RecordOwner = {
    kafkaTopic: 'nuncio.events',
    id: 0,
    weigh: (record, pieces) => { work.weigh(record, pieces); },
    split: (_, parts) => new OffsetTracker().split(0, parts),
    settle: (record) => { work.end(record); },
  };
  const add = (count: number, flow = ''): void => {
    for (let n = 0; n < count; n++) {
      const record = new TrackedRecord(owner, { offset: '0', timestamp: '0', value: Buffer.from('12345') } as KafkaMessage, backlog.flow(flow));
      backlog.read(record.flow, record.bytes);
      work.add(record);
    }
  };
  const goOn = async (): Promise<void> => {
    returned.resolve(undefined);
    await turns();
  };
  return { work, backlog, batches, signals, room, add, goOn, sizes: () => batches.map(({ length }) => length) };
}

async function turns(): Promise<void> {
  for (let left = 20; left > 0; left--) await turn();
}

describe('the work of a partition', () => {
  it('goes to the handler batch by batch, as many records as it may have at once', async () => {
    const { add, goOn, sizes } = partition();
    add(10);
    await turns();
    add(30);
    await turns();
    expect(sizes()).toEqual([10]);
    for (let n = 0; n < 2; n++) await goOn();
    expect(sizes()).toEqual([10, 16, 14]);
    await goOn();
    add(5);
    await turns();
    expect(sizes()).toEqual([10, 16, 14, 5]);
  });

  it('counts the pieces of the records in work, and not those of records that wait', async () => {
    const { add, backlog, batches } = partition();
    const flow = backlog.flow('');
    const counted = (): number[] => [flow.records, flow.piecesInWork];
    add(1_000);
    await turns();
    expect(counted()).toEqual([1_000, 16]);
    batches[0]?.[0]?.split(16).done(0);
    expect(counted()).toEqual([1_000, 30]);
    batches[0]?.[0]?.done();
    batches[0]?.[1]?.abandon();
    expect(counted()).toEqual([998, 14]);
  });

  it('waits for room in the backlog, unless nothing of this partition is in work', async () => {
    const { add, backlog, batches, goOn, sizes } = partition();
    const full = backlog.flow('full');
    backlog.grow(full, READ_AHEAD.pieces);
    add(40);
    await turns();
    await goOn();
    expect(sizes()).toEqual([16]);
    backlog.grow(full, -READ_AHEAD.pieces);
    await turns();
    expect(sizes()).toEqual([16, 16]);
    await goOn();
    expect(batches.flat()).toHaveLength(40);
  });

  it('hands over a record that comes while others wait, if its flow has room', async () => {
    const { add, backlog, batches, goOn, sizes } = partition();
    add(20, 'one');
    await turns();
    backlog.grow(backlog.flow('one'), 9_000);
    await goOn();
    expect(sizes()).toEqual([16]);
    add(1, 'other');
    await turns();
    expect(batches[1]?.map(({ flow }) => flow.name)).toEqual(['other']);
  });

  it('waits for room for parts, and goes on when all that is in work has ended', async () => {
    const { add, batches, goOn, room, sizes, work } = partition();
    add(20);
    await turns();
    room.forParts = false;
    const [first, ...others] = batches[0] ?? [];
    const parts = first?.split(2);
    await goOn();
    for (const record of others) record.done();
    for (const part of [0, 1]) parts?.done(part);
    await turns();
    expect([work.inWork, sizes()]).toEqual([1, [16]]);
    first?.done();
    await turns();
    expect([work.inWork, sizes()]).toEqual([4, [16, 4]]);
  });

  it('ends with a drain: what waited is given back, what is in work is told and goes on, and nothing more is handed over', async () => {
    const { add, backlog, batches, goOn, signals, sizes, work } = partition();
    add(20);
    await turns();
    expect(signals[0]?.aborted).toBe(false);
    work.drain();
    expect(signals[0]?.aborted).toBe(true);
    expect([backlog.flow('').records, work.inWork]).toEqual([16, 16]);
    add(1);
    await goOn();
    for (const record of batches[0] ?? []) record.done();
    await turns();
    add(1);
    await turns();
    expect([sizes(), work.inWork]).toEqual([[16], 0]);
  });
});
