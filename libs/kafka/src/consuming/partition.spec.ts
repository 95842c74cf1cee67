import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { Millis } from '@nuncio/contracts';
import type { KafkaMessage } from 'kafkajs';
import fc from 'fast-check';
import { Backlog, Flow } from './backlog.js';
import { UndecodableBatch } from './fetched-batches.js';
import { MAX_SPAN } from './offset-tracker.js';
import { Partition } from './partition.js';
import { passOver } from '../producing/quarantine.js';
import { Reading } from './reading.js';
import type { BatchHandler, InboundRecord, Undecodable } from './record-batch.js';

const message = (offset: number, over: Partial<KafkaMessage> = {}): KafkaMessage =>
  ({ offset: String(offset), timestamp: '0', key: null, value: Buffer.from(String(offset)), headers: {}, attributes: 0, ...over }) as KafkaMessage;
const nothing = { offset: '-1', metadata: null };

function owner(committed: { offset: string; metadata: string | null } = nothing, handle: BatchHandler = () => Promise.resolve(), backlog = new Backlog()) {
  return new Partition('events', 'nuncio.events', 0, committed, { backlog, handle, maxBatch: 16, flowOf: ({ key }) => String(key), putAway: passOver, onRoom: () => undefined });
}

/** Turns of the event loop until it is so. */
async function until(isTrue: () => boolean): Promise<void> {
  for (let turns = 0; !isTrue(); turns++) {
    if (turns > 10_000) throw new Error('it never became so');
    await turn();
  }
}

/** As kafkajs has it: a log, read on from where a partition wants to, as long as it is not paused. */
function reader(partition: Partition, log: readonly KafkaMessage[]) {
  const paused = new Set<Partition>();
  const reading = new Reading({ pause: () => paused.add(partition), resume: () => paused.delete(partition) } as never);
  let position = Number(partition.uncommitted()?.offset ?? 0);
  return {
    reading,
    isPaused: () => paused.has(partition),
    read(n: number): void {
      if (paused.has(partition)) return;
      const messages = log.filter(({ offset }) => Number(offset) >= position).slice(0, n);
      if (!messages.length) return;
      const taken = reading.read({ batch: { messages, lastOffset: () => messages.at(-1)?.offset } as never }, partition, () => false);
      if (taken !== undefined) position = Number(taken) + 1;
    },
  };
}

describe('Partition', () => {
  it('takes a log from its first record on whose end is before its place, and what it has taken itself no second time: new records were skipped', async () => {
    const given: string[] = [];
    const handle: BatchHandler = ({ records }) => {
      for (const record of records) {
        given.push(record.offset);
        record.done();
      }
      return Promise.resolve();
    };
    const partition = owner({ offset: '100', metadata: null }, handle);
    partition.restart(0);
    for (const offset of [0, 1, 2]) partition.take(message(offset));
    await until(() => given.length === 3);
    expect(partition.uncommitted()).toMatchObject({ offset: '3' });
    partition.restart(0);
    for (const offset of [0, 1, 2, 3]) partition.take(message(offset));
    await until(() => given.length === 4);
    expect(given).toEqual(['0', '1', '2', '3']);
    // Records are gone, and the place is before the first one that is left.
    const later = owner({ offset: '5', metadata: null }, handle);
    later.restart(9);
    later.take(message(9));
    await until(() => given.length === 5);
    expect(later.uncommitted()).toMatchObject({ offset: '10' });
  });

  it('takes the one unfinished record of a full span at once, and is old while it does not: it stood still for ever', async () => {
    const log = Array.from({ length: MAX_SPAN + 5 }, (_, offset) => message(offset));
    const given: InboundRecord[] = [];
    const handle: BatchHandler = ({ records }) => Promise.resolve(given.push(...records));
    const first = owner(nothing, handle);
    const before = reader(first, log);
    while (!before.isPaused()) {
      before.read(1_000);
      await until(() => given.length === first.unfinished);
      for (const record of given.splice(1)) record.done();
    }
    given.length = 0;
    expect(first.span).toBe(MAX_SPAN);
    const committed = first.uncommitted();
    first.lose();

    const second = owner(committed ?? nothing, handle);
    const after = reader(second, log);
    after.read(MAX_SPAN + 5);
    await until(() => given.length === 1);
    expect([given[0]?.offset, after.isPaused(), second.unfinished]).toEqual(['0', true, 1]);
    given[0]?.done();
    const since = Date.now();
    while (Date.now() === since) await turn();
    // Nothing is unfinished now, but what stands is not taken yet, and grows older.
    expect([second.unfinished, second.oldestMs > 0]).toEqual([0, true]);
    after.reading.resumeWhereRoom([second]);
    after.read(5);
    expect(given.length).toBe(1);
    await until(() => given.length === 6);
    expect(given.map(({ offset }) => Number(offset) - MAX_SPAN)).toEqual([-MAX_SPAN, 0, 1, 2, 3, 4]);
  });

  it('takes the records of a log that was written anew, and keeps apart what was in work of the former one: all were passed over as finished', async () => {
    const given: InboundRecord[] = [];
    const partition = owner(nothing, ({ records }) => Promise.resolve(given.push(...records)));
    const at = (timestamp: number, ...offsets: number[]): void => {
      for (const offset of offsets) partition.take(message(offset, { timestamp: String(timestamp) }));
    };
    at(1_000, 0, 1, 2, 3, 4, 5);
    await until(() => given.length === 6);
    const [first, , third] = given.filter(({ offset }) => ['0', '2', '4'].includes(offset));
    for (const record of given.splice(0)) if (['1', '3', '5'].includes(record.offset)) record.done();
    // The same records, read again, are not others.
    at(1_000, 0, 1, 2, 3, 4, 5);
    expect(partition.unfinished).toBe(3);

    at(2_000, 2, 3);
    await until(() => given.length === 2);
    expect(given.map(({ offset }) => offset)).toEqual(['2', '3']);
    expect(third?.split(2).isDone(0)).toBe(false);
    third?.done();
    expect(partition.uncommitted()?.offset).toBe('0');
    first?.done();
    expect(partition.uncommitted()?.offset).toBe('2');
    for (const record of given) record.done();
    expect([partition.uncommitted()?.offset, partition.inWork]).toEqual(['4', 1]);
  });

  it('looks within a minute whether what waits in a tier is due: with the clock put forward it waited as long as without', () => {
    jest.useFakeTimers();
    try {
      let resumed = 0;
      const reading = new Reading({ pause: () => undefined, resume: () => resumed++ } as never, { delayMs: () => 3_600_000 });
      const messages = [message(0, { timestamp: String(Date.now()) })];
      expect(reading.read({ batch: { messages, lastOffset: () => '0' } as never }, owner(), () => false)).toBeUndefined();
      jest.setSystemTime(Date.now() + 3_600_000);
      jest.advanceTimersByTime(60_000);
      expect(resumed).toBe(1);
    } finally {
      jest.useRealTimers();
    }
  });

  it('goes on twice a second for records that come due one by one: for each of them it fetched all that waits behind it', () => {
    jest.useFakeTimers();
    try {
      let [resumed, next] = [0, 0];
      const apartMs = 20;
      const waiting = Array.from({ length: 100 }, (_, offset) => message(offset, { timestamp: String(Date.now() + offset * apartMs) }));
      const partition = owner();
      const reading = new Reading({ pause: () => undefined, resume: () => { resumed += 1; read(); } } as never, { delayMs: () => 30_000 });
      const read = (): void => { next = Number(reading.read({ batch: { messages: waiting.slice(next), lastOffset: () => '99' } as never }, partition, () => false) ?? next - 1) + 1; };
      read();
      expect(next).toBe(0);
      jest.advanceTimersByTime(30_000 + 100 * apartMs);
      expect([next, resumed]).toEqual([100, 4]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('waits by the clock that stamped the records: by one that was ahead each was due at once, and went from tier to tier without a pause', () => {
    const paused: Partition[] = [];
    const aheadMs = 3_600_000;
    const reading = new Reading({ pause: () => paused.push(partition), resume: () => undefined } as never, { delayMs: () => 60_000, now: () => Date.now() - aheadMs });
    const partition = owner();
    const messages = [message(0, { timestamp: String(Date.now() - aheadMs) })];
    expect(reading.read({ batch: { messages, lastOffset: () => '0' } as never }, partition, () => false)).toBeUndefined();
    expect([paused.length, partition.oldestMs]).toEqual([1, 0]);
    reading.stop();
  });

  it('does not take for a log written anew what was finished before it came', async () => {
    const given: InboundRecord[] = [];
    const partition = owner({ offset: '2', metadata: '' }, ({ records }) => Promise.resolve(given.push(...records)));
    for (const offset of [0, 1, 2]) partition.take(message(offset, { timestamp: String(1_000 + offset) }));
    await until(() => given.length > 0);
    expect(given.map(({ offset }) => offset)).toEqual(['2']);
  });

  it('goes on behind one slow record when what filled the memory is finished: it waited for that record', async () => {
    const [LARGE, ALL, FIT] = [{ value: Buffer.alloc(8_192) }, 14_000, 12_288];
    const log = Array.from({ length: ALL }, (_, offset) => message(offset, LARGE));
    const given: InboundRecord[] = [];
    const partition = owner(nothing, ({ records }) => Promise.resolve(given.push(...records)));
    const { read, isPaused, reading } = reader(partition, log);
    read(ALL);
    expect(isPaused()).toBe(true);
    const [slow, ...others] = await (async () => {
      await until(() => given.length > 0);
      return given;
    })();
    expect([slow?.offset, partition.span]).toEqual(['0', FIT]);
    for (let finished = 1; finished < FIT; ) {
      for (const record of others.splice(0)) {
        record.done();
        finished += 1;
      }
      await until(() => given.length > finished || finished === FIT);
      others.push(...given.slice(finished));
    }
    reading.resumeWhereRoom();
    expect(isPaused()).toBe(false);
    read(ALL);
    expect(partition.span).toBe(ALL);
  });

  it('gives no more to a handler than fits in memory, where each record is many pieces of work', async () => {
    const inWork = new Set<InboundRecord>();
    const handle: BatchHandler = ({ records }) => {
      for (const record of records) {
        record.split(1_000);
        inWork.add(record);
      }
      return Promise.resolve();
    };
    const partition = owner(nothing, handle);
    for (let offset = 0; offset < 200; offset++) partition.take(message(offset));
    let handled = 0;
    let most = 0;
    while (handled < 200) {
      await until(() => inWork.size > 0);
      for (let turns = 0; turns < 20; turns++) await turn();
      most = Math.max(most, inWork.size);
      for (const record of [...inWork].slice(0, 1)) {
        inWork.delete(record);
        record.done();
        handled += 1;
      }
    }
    expect(most).toBeLessThanOrEqual(32);
  });

  it('goes on when somebody else has made room, whatever of its own is slow', async () => {
    const backlog = new Backlog();
    const ours: InboundRecord[] = [];
    const theirs: InboundRecord[] = [];
    const into = (list: InboundRecord[], parts: number): BatchHandler => ({ records }) => {
      for (const record of records) record.split(parts);
      return Promise.resolve(list.push(...records));
    };
    const [one, other] = [owner(nothing, into(ours, 2), backlog), owner(nothing, into(theirs, 20_000), backlog)];
    one.take(message(0));
    await until(() => ours.length === 1);
    other.take(message(0));
    await until(() => theirs.length === 1);
    one.take(message(1));
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(ours.length).toBe(1);
    theirs[0]?.done();
    await until(() => ours.length === 2);
  });

  it('counts a record that is split by the parts of it that are left', async () => {
    const backlog = new Backlog();
    let given: InboundRecord | undefined;
    const partition = owner(nothing, ({ records }) => Promise.resolve((given = records[0])), backlog);
    partition.take(message(0));
    await until(() => given !== undefined);
    const flow = backlog.flow('null');
    const parts = given?.split(8_000);
    expect([flow.piecesInWork, backlog.hasRoomInWork(flow), backlog.hasRoomInWork(new Flow('another'))]).toEqual([8_000, false, true]);
    parts?.done(0);
    expect([flow.piecesInWork, backlog.hasRoomInWork(flow)]).toEqual([7_999, true]);
    given?.done();
    expect([flow.piecesInWork, flow.records, backlog.isShared, backlog.fills(Number.MIN_VALUE)]).toEqual([0, 0, false, false]);
  });

  it('gives a flow its turn whatever another one has before it: its records waited for the whole burst', async () => {
    const given: InboundRecord[] = [];
    const partition = owner(nothing, ({ records }) => Promise.resolve(given.push(...records)));
    const BURST = 15_000;
    for (let offset = 0; offset < BURST; offset++) partition.take(message(offset, { key: Buffer.from('brisk') }));
    await until(() => given.length >= 8_000);
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(given.length).toBeLessThan(9_000);
    for (let n = 0; n < 100; n++) partition.take(message(BURST + n, { key: Buffer.from('other') }));
    await until(() => given.filter(({ key }) => String(key) === 'other').length === 100);
    expect(given.length).toBeLessThan(9_000);
    const inOrder = (key: string): boolean => given.filter((record) => String(record.key) === key).every(({ offset }, n) => Number(offset) === n + (key === 'other' ? BURST : 0));
    expect([inOrder('brisk'), inOrder('other')]).toEqual([true, true]);
    for (let finished = 0; finished < BURST + 100; ) {
      await until(() => given.length > finished);
      for (const record of given.slice(finished)) record.done();
      finished = given.length;
    }
    expect(partition.uncommitted()?.offset).toBe(String(BURST + 100));
  });

  it('gives handlers few batches of a flow at once while another one is there: its record waited for a batch of each partition of the dispatcher', async () => {
    const backlog = new Backlog();
    const begun: ((value: undefined) => void)[] = [];
    const keys: string[] = [];
    let [now, most] = [0, 0];
    const handle: BatchHandler = async ({ records }) => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const isBrisk = records.some(({ key }) => String(key) === 'brisk');
      if (isBrisk) most = Math.max(most, ++now);
      begun.push(resolve);
      await promise;
      if (isBrisk) now -= 1;
      keys.push(...records.map(({ key }) => String(key)));
    };
    const partitions = Array.from({ length: 24 }, () => owner(nothing, handle, backlog));
    const beginOne = async (): Promise<void> => {
      await until(() => begun.length > 0);
      begun.shift()?.(undefined);
      for (let turns = 0; turns < 4; turns++) await turn();
    };
    for (const partition of partitions) partition.take(message(0, { key: Buffer.from('brisk') }));
    while (keys.length < partitions.length) await beginOne();
    expect([now, keys.length]).toEqual([0, 24]);
    most = 0;
    partitions[23]?.take(message(1, { key: Buffer.from('other') }));
    for (const partition of partitions) for (let offset = 2; offset < 200; offset++) partition.take(message(offset, { key: Buffer.from('brisk') }));
    for (let batches = 0; batches < 20; batches++) await beginOne();
    expect([most, keys.includes('other')]).toEqual([4, true]);
    while (keys.length < 24 * 199 + 1) await beginOne();
    for (const partition of partitions) partition.lose();
  });

  it('shares the work among flows that all have more than fits, over all partitions', async () => {
    const backlog = new Backlog();
    const given: InboundRecord[] = [];
    const handle: BatchHandler = ({ records }) => Promise.resolve(given.push(...records));
    const partitions = [owner(nothing, handle, backlog), owner(nothing, handle, backlog)];
    for (const partition of partitions) for (let offset = 0; offset < 15_000; offset++) partition.take(message(offset, { key: Buffer.from(`flow ${offset % 3}`) }));
    for (let turns = 0; turns < 3_000; turns++) await turn();
    const inWork = [0, 1, 2].map((n) => backlog.flow(`flow ${n}`).piecesInWork);
    for (const pieces of inWork) expect([pieces >= 3_800, pieces <= 4_300]).toEqual([true, true]);
  });

  it.each(['-1', '-62135596800000', '9223372036854775807'])('gives a record stamped %s a time that can be told: what followed from it could not be read', async (timestamp) => {
    const given: InboundRecord[] = [];
    owner(nothing, ({ records }) => Promise.resolve(given.push(...records))).take(message(0, { timestamp }));
    await until(() => given.length > 0);
    expect(Millis.safeParse(given[0]?.timestamp).success).toBe(true);
  });

  it('tries to put a batch away that cannot be decoded until it is, and moves on', async () => {
    const tried: Undecodable[] = [];
    const putAway = (batch: Undecodable): Promise<void> => (tried.push(batch) < 2 ? Promise.reject(new Error('Kafka is away')) : Promise.resolve());
    const partition = new Partition('events', 'nuncio.events', 0, nothing, { backlog: new Backlog(), handle: () => Promise.resolve(), maxBatch: 16, flowOf: () => '', putAway, onRoom: () => undefined });
    const batch: unknown = new UndecodableBatch('0', '9', '0', Buffer.from('a batch'), 'its checksum is wrong');
    partition.take(batch as KafkaMessage);
    while (partition.inWork) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(tried.map(({ firstOffset, record, detail }) => [firstOffset, record.offset, String(record.value), detail])).toEqual(Array(2).fill(['0', '9', 'a batch', 'its checksum is wrong']));
    expect(partition.uncommitted()?.offset).toBe('10');
  });

  it('finishes every record, and none twice but what was not committed, through outcomes, owners and commits', async () => {
    const END = 40;
    const step = fc.oneof(
      fc.tuple(fc.constant('read' as const), fc.integer({ min: 1, max: 15 })),
      fc.tuple(fc.constant('finish' as const), fc.nat(20)),
      fc.tuple(fc.constant('finish' as const), fc.nat(20)),
      fc.tuple(fc.constant('commit' as const), fc.constant(0)),
      fc.tuple(fc.constantFrom('crash' as const, 'hand over' as const), fc.constant(0)),
    );
    const offsets = fc.subarray(Array.from({ length: END }, (_, n) => n), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(offsets, fc.array(step, { maxLength: 40 }), async (records, steps) => {
        const log = records.map((offset) => message(offset));
        const finished = new Map<number, number>();
        const lastCommitted = new Set<number>();
        let byThisOwner = new Set<number>();
        let given: InboundRecord[] = [];
        const handle: BatchHandler = ({ records }) => {
          given.push(...records);
          return Promise.resolve();
        };
        let committed: { offset: string; metadata: string } | typeof nothing = nothing;
        let partition = owner(committed, handle);
        let { read } = reader(partition, log);
        const settle = async (): Promise<void> => until(() => partition.unfinished === given.length);
        const finish = (record: InboundRecord | undefined): void => {
          if (!record) return;
          given = given.filter((one) => one !== record);
          record.done();
          const offset = Number(record.offset);
          // A record that a commit has named is finished once.
          expect([offset, lastCommitted.has(offset)]).toEqual([offset, false]);
          finished.set(offset, (finished.get(offset) ?? 0) + 1);
          byThisOwner.add(offset);
        };
        const commit = (): void => {
          const snapshot = partition.uncommitted();
          if (snapshot) partition.committed((committed = snapshot));
          for (const offset of byThisOwner) lastCommitted.add(offset);
        };
        const change = (): void => {
          partition.lose();
          given = [];
          byThisOwner = new Set();
          partition = owner(committed, handle);
          const next = reader(partition, log.filter(({ offset }) => Number(offset) >= Number(committed.offset)));
          read = (n) => { next.read(n); };
        };
        for (const [what, n] of steps) {
          if (what === 'read') read(n);
          else if (what === 'finish') finish(given[n % Math.max(1, given.length)]);
          else if (what === 'commit') commit();
          else {
            if (what === 'hand over') commit();
            change();
          }
          await settle();
        }
        read(END);
        await settle();
        for (const record of [...given]) finish(record);
        expect([...finished.keys()].sort((a, b) => a - b)).toEqual(records);
        commit();
        expect(committed.offset).toBe(String((records.at(-1) ?? 0) + 1));
        partition.lose();
      }),
      { numRuns: 60 },
    );
  });
});
