import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readEvent } from '@nuncio/contracts';
import type { BatchProducer, ConfigView } from '@nuncio/kafka';
import { attempted, inbound, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { Unblock } from './unblock.js';

let log: LogDatabase;
beforeAll(async () => {
  log = await openLog();
});
afterAll(() => log.drop());

const PARKED_AT = 10;
/** Every resource is active, and was changed after the delivery was parked. */
const view = {
  all: () => [],
  onChange: () => undefined,
  position: PARKED_AT + 1,
  get: (kind: string) => (kind === 'tenant' ? undefined : { position: PARKED_AT + 1, state: { state: 'activated', activatedAt: PARKED_AT + 1, callback: 'cb_1', tenant: 'acme', enabled: true } }),
} as unknown as ConfigView;

it('sends nothing before the log has caught up: a log that read its topics again sent what had gone out days ago', async () => {
  const of = ['went-out', 'waits'].map((ceId) => ofDelivery({ ceId }));
  for (const { ceId, eventAt } of of) {
    const event = readEvent({ ce_specversion: '1.0', ce_id: ceId, ce_source: '/orders', ce_type: 'invoice.paid' }, Buffer.from('{}'));
    if ('reason' in event) throw new Error(event.detail);
    await log.writer.writeEvents([{ event, record: inbound(event.payload, { timestamp: eventAt, offset: ceId.length.toString() }) }]);
  }
  await log.writer.writeFacts(of.map((one, n) => placed({ fact: 'parked', ...one, position: PARKED_AT, number: 1, reason: 'blocked' }, n)));

  const sent: string[] = [];
  const producer = { send: (_: unknown, { headers }: { headers: Record<string, unknown> }) => Promise.resolve(void sent.push(String(headers.ce_id))) } as unknown as BatchProducer;
  let tell = (): void => undefined;
  const caughtUp = {
    isSo: false,
    whenSo: (listener: () => void): void => {
      tell = listener;
    },
  };
  const unblock = new Unblock(log.dataSource, producer, view, log.writer, caughtUp);
  unblock.onApplicationBootstrap();
  unblock.check('sub_1');
  await pause(0);
  // The next fact in the topic.
  await log.writer.writeFacts([placed(attempted(of[0]!, 1, succeeded), 2)]);
  expect(sent).toEqual([]);

  caughtUp.isSo = true;
  tell();
  while (!sent.length) await pause(10);
  await unblock.onModuleDestroy();
  expect(sent).toEqual(['waits']);
});
