import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { BatchProducer, InboundRecord, RecordBatch } from '@nuncio/kafka';
import { FactsIngest } from '../ingest/facts-ingest.js';
import { IngestController } from '../ingest/ingest.controller.js';
import { attempted, inbound, ofDelivery, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { TokenEventsController } from '../token-requests/token-events.controller.js';
import { TokenEventsIngest } from '../token-requests/token-events-ingest.js';
import { SetAside } from './set-aside.js';
import { SetAsideWorker } from './set-aside-worker.js';

let log: LogDatabase;
beforeAll(async () => {
  log = await openLog();
});
afterAll(() => log.drop());

it('keeps what only a newer release can read out of quarantine, and writes it to the log as soon as it can be read', async () => {
  const quarantined: unknown[] = [];
  const producer = { send: (topic: unknown) => Promise.resolve(void quarantined.push(topic)) } as unknown as BatchProducer;
  const facts = new FactsIngest(log.writer, { read: () => Promise.resolve() }, { read: () => Promise.resolve() }, { check: () => undefined });
  const tokenEvents = new TokenEventsIngest(log.writer, { read: () => Promise.resolve() });
  const setAside = new SetAside(log.dataSource, log.writer);
  const ingest = new IngestController(log.writer, producer, facts, setAside);
  const tokens = new TokenEventsController(tokenEvents, producer, setAside);
  const worker = new SetAsideWorker(setAside, facts, tokenEvents, { topicPrefix: 'nuncio' });
  const done: string[] = [];
  const batch = (topic: string, values: readonly unknown[]): RecordBatch => {
    const records = values.map((value, n): InboundRecord => inbound(JSON.stringify(value), { topic: `nuncio.${topic}`, offset: String(n), done: () => void done.push(`${topic} ${n}`) }));
    const { signal } = new AbortController();
    return { topic, partition: 0, records, signal, lost: signal };
  };

  const known = attempted(ofDelivery({ ceId: 'known' }), 1, succeeded);
  const later = attempted(ofDelivery({ ceId: 'later' }), 1, succeeded);
  await ingest.onAttempts(batch('attempts', [known, { ...later, next: { step: 'of-the-next-release' } }, { fact: 'of-the-next-release', ...ofDelivery() }]));
  await tokens.onTokenEvents(batch('token.events', [{ event: 'of-the-next-release', credential: 'cred_1', at: Date.now() }]));
  expect(done).toEqual(['attempts 0', 'attempts 1', 'attempts 2', 'token.events 0']);
  expect(quarantined).toEqual([]);

  const stored = async () => ({
    attempts: (await log.dataSource.query<{ id: string }[]>('SELECT id FROM log.attempts ORDER BY id')).map(({ id }) => id).sort(),
    setAside: (await log.dataSource.query<{ id: string }[]>(`SELECT id FROM log.failed_records WHERE kind = 'newer' ORDER BY id`)).map(({ id }) => id),
  });
  await worker.look();
  expect(await stored()).toEqual({ attempts: [known.id], setAside: ['nuncio.attempts-0-1', 'nuncio.attempts-0-2', 'nuncio.token.events-0-0'] });

  // Stands for the next release: makes the record one that can be read.
  await log.dataSource.query(`UPDATE log.failed_records SET value = $1 WHERE id = 'nuncio.attempts-0-1'`, [Buffer.from(JSON.stringify(later))]);
  await worker.look();
  await worker.look();
  expect(await stored()).toEqual({ attempts: [known.id, later.id].sort(), setAside: ['nuncio.attempts-0-2', 'nuncio.token.events-0-0'] });
});
