import { Kafka, logLevel, Partitioners } from 'kafkajs';
import pg from 'pg';
import { cpuMicrosEach, cpuSeconds } from '../cpu.js';
import type { Installation } from '../installation.js';
import { Load } from '../load.js';
import { reached } from '../measurement.js';
import { fact, message } from './fact.js';
import { measureInserts } from './floor.js';

const ATTEMPTS = 200_000;
const CHUNK = 2_000;

interface LogLine {
  readonly bench: 'log';
  readonly attempts: number;
  readonly stored: number;
  readonly attemptsPerSecond: number;
  /** CPU microseconds of the service and of each server, per attempt. */
  readonly cpuMicros: Readonly<Record<string, number>>;
  /** Bare `unnest` inserts of the same rows into the same tables. */
  readonly floor: { readonly perSecond: number };
  /** The rate of the bare inserts, relative to the log's. */
  readonly ratio: number;
}

/** Writes 200,000 facts to the topic before the log starts, and measures how fast all of them get into PostgreSQL. */
export async function log({ stack, services }: Installation): Promise<LogLine> {
  const kafka = new Kafka({ clientId: 'bench', brokers: stack.brokers.split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await services.kill('attempt-log', 'SIGTERM');
  const at = Date.now();
  for (let from = 0; from < ATTEMPTS; from += CHUNK)
    await producer.send({ topic: `${services.topicPrefix}.attempts`, acks: -1, messages: Array.from({ length: CHUNK }, (_, i) => message(fact(from + i, at))) });
  await producer.disconnect();
  const floor = await measureInserts(stack.databaseUrl, ATTEMPTS);

  const pool = new pg.Pool({ connectionString: stack.databaseUrl, max: 1 });
  const stored = async (): Promise<number> => {
    const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM log.attempts WHERE tenant LIKE 'tenant-%'`);
    return rows[0]?.n ?? 0;
  };
  const load = new Load(stack.brokers, services.topicPrefix);
  await services.start('attempt-log');
  await reached('attempts in the log', stored, (count) => count > 0);
  const processes = { 'attempt-log': services.services['attempt-log'] ?? { pid: 0 }, ...stack.servers };
  const [before, already, started] = [await cpuSeconds(processes), await stored(), performance.now()];
  await reached('attempts not in the log', () => load.logLag(), (lag) => lag === 0);
  const seconds = (performance.now() - started) / 1_000;
  const count = await stored();
  const cpuMicros = cpuMicrosEach(before, await cpuSeconds(processes), count - already);
  await pool.end();
  const attemptsPerSecond = Math.round((count - already) / seconds);
  return { bench: 'log', attempts: ATTEMPTS, stored: count, attemptsPerSecond, cpuMicros, floor, ratio: Math.round((floor.perSecond / attemptsPerSecond) * 100) / 100 };
}
