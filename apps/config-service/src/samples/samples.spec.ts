import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { BatchProducer } from '@nuncio/kafka';
import type { EventStore } from '../event-store/index.js';
import type { Allowance } from './allowance.js';
import { Replies } from './replies.js';
import { REPLY_WITHIN_MS, Samples } from './samples.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const samplesBy = (sendJson: () => Promise<void>): Samples =>
  new Samples({ position: () => Promise.resolve(1) } as unknown as EventStore, { sendJson } as unknown as BatchProducer, new Replies(), { take: () => Promise.resolve() } as unknown as Allowance);

it.each([
  ['is not there', () => new Promise<void>(() => undefined)],
  ['refuses it', () => Promise.reject(new Error('gone'))],
])('reports in time that nobody answered if Kafka %s', async (_, sendJson) => {
  const result = samplesBy(sendJson).send('cb_1');
  await jest.advanceTimersByTimeAsync(REPLY_WITHIN_MS);
  expect(await result).toMatchObject({ ok: false, status: null, error: { class: 'internal', detail: expect.stringContaining('no dispatcher answered') }, adviceCode: 'endpoint.internal' });
});
