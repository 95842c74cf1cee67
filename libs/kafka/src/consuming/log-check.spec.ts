import { expect, it } from '@jest/globals';
import type { KafkaMessage } from 'kafkajs';
import type { Committed, TopicPartition } from './committed-offsets.js';
import { KnownLog } from './known-log.js';
import { LogCheck } from './log-check.js';

const TOPIC = 'nuncio.events';
/** An owner that has taken nothing yet, and begins at offset 5. */
const owned = (id: number, rewound: number[] = []) => ({ kafkaTopic: TOPIC, id, place: { position: 5, known: new KnownLog() }, rewind: (first: number) => void rewound.push(first) });
const batch = { messages: [], fetchedOffset: '5', lastOffset: () => '9' };

function check(read: (places: readonly TopicPartition[], signal: AbortSignal) => Promise<Map<string, Committed> | null>, closing = new AbortController().signal) {
  const sought: string[] = [];
  const cluster = { fetchTopicsOffset: () => Promise.resolve([{ topic: TOPIC, partitions: [{ partition: 0, offset: '2' }] }]) };
  const logCheck = new LogCheck({ seek: (_, offset) => void sought.push(String(offset)) }, () => cluster as never, { read }, closing);
  return { logCheck, sought };
}

const untilAborted = (_: readonly TopicPartition[], signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => { resolve(null); });
  });

it('reads from the beginning what was made anew, if brokers know of no commit', async () => {
  const { logCheck, sought } = check(() => Promise.resolve(new Map([[`${TOPIC} 0`, { offset: '-1', metadata: null }]])));
  const rewound: number[] = [];
  const partition = owned(0, rewound);
  logCheck.doubt([partition]);
  expect(await logCheck.passes(batch, partition)).toBe(false);
  expect(rewound).toEqual([2]);
  expect(sought).toEqual(['2']);
  expect(await logCheck.passes(batch, partition)).toBe(true);
});

it('waits for no answer that does not come, since nothing else is read meanwhile: a topic that was gone stopped the whole consumer', async () => {
  const { logCheck, sought } = check(untilAborted);
  const partition = owned(0);
  logCheck.doubt([partition]);
  expect(await logCheck.passes(batch, partition)).toBe(false);
  expect(await logCheck.passes(batch, owned(1))).toBe(true);
  // It is not known yet, so it is asked again.
  expect(await logCheck.passes(batch, partition)).toBe(false);
  expect(sought).toEqual([]);
});

it('reads the last record once more, however often brokers fail meanwhile: each failure made the answer to the one before worthless', async () => {
  const { logCheck, sought } = check(untilAborted);
  const partition = owned(0);
  partition.place.known.isRewrittenBy({ offset: '4', timestamp: '1000' } as KafkaMessage, 4);
  for (let failure = 0; failure < 3; failure++) logCheck.doubt([partition]);
  expect(sought).toEqual(['4']);
  expect(await logCheck.passes({ ...batch, fetchedOffset: '4', messages: [{ offset: '4', timestamp: '1000' } as KafkaMessage] }, partition)).toBe(true);
  logCheck.doubt([partition]);
  expect(sought).toEqual(['4', '4']);
});

it('takes nothing more once the service stops', async () => {
  const closing = new AbortController();
  const { logCheck } = check(untilAborted, closing.signal);
  const partition = owned(0);
  logCheck.doubt([partition]);
  const passes = logCheck.passes(batch, partition);
  closing.abort();
  expect(await passes).toBe(false);
});
