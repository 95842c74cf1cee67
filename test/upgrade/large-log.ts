import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners, type Message, type Producer } from 'kafkajs';
import pg from 'pg';
import { fact, message, type Fact } from '../bench/log/fact.js';
import { fill } from '../bench/log/fill.js';
import type { OwnStage } from '../chaos/own-stage.js';
import { eventually } from '../fleet/eventually.js';

const FACTS_PER_SECOND = 500;
const TICK_MS = 20;
const LOOK_MS = 50;
const QUIET_MS = 20_000;
/** Beyond the numbers of the rows that were there before. */
const FIRST = 1_000_000_000;
/** A failed delivery succeeds this many facts later. */
const RETRIED_AFTER = 2_000;
const PATIENCE_MS = 600_000;
/** The tables of the former release that grow with its traffic. */
const FILLED = ['attempts', 'deliveries', 'events', 'unmatched'] as const;

interface LargeLog {
  readonly rows: number;
  /** How far the log was behind at most, in milliseconds: while the former release ran alone, while the migrations ran, and while it ran beside them afterwards. */
  readonly behindMs: { readonly before: number; readonly meanwhile: number; readonly after: number };
  /** The longest time that a statement of attempt-log waited for a lock, in milliseconds, at the same times. */
  readonly lockMs: LargeLog['behindMs'];
  readonly migrationSeconds: number;
  /** The database, in MB; `most`: as seen once a second. */
  readonly mb: { readonly before: number; readonly most: number; readonly after: number };
  /** Facts that were written meanwhile. */
  readonly facts: number;
  /** Minutes whose deliveries are not counted as they stand, after the migrations and after attempt-log was replaced; there should be none. */
  readonly miscounted: readonly [number, number];
  /** Indexes that the migrations made on tables of the former release that were not filled, so that nothing is known of their cost; there should be none. */
  readonly unmeasured: readonly string[];
}

/**
 * Fills the log with this many deliveries, and migrates it while the former release's attempt-log goes on writing. Then replaces
 * attempt-log.
 */
export async function largeLog({ stack, services }: OwnStage, present: string, rows: number, log: (line: string) => void): Promise<LargeLog> {
  await fill(stack.databaseUrl, rows, log, FILLED);
  const database = new pg.Pool({ connectionString: stack.databaseUrl, max: 4 });
  // Where a service dies, the servers are stopped while these connections are open.
  database.on('error', () => undefined);
  const kafka = new Kafka({ clientId: 'upgrade', brokers: stack.brokers.split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const facts = new Facts(producer, services.topicPrefix);
  const behind = new Behind(database);
  try {
    facts.start();
    await facts.in(database);
    behind.start();
    await delay(QUIET_MS);
    const before = behind.most();
    const size = await sizeOf(database);
    const former = await indexesIn(database);
    const started = performance.now();
    await services.prepare(present);
    const migrationSeconds = Math.round((performance.now() - started) / 1_000);
    const meanwhile = behind.most();
    await delay(QUIET_MS);
    const after = behind.most();
    await behind.stop();
    await facts.pause(database);
    const miscounted = await miscountedIn(database);
    facts.start();
    await services.replace('attempt-log', present);
    await facts.in(database);
    await facts.pause(database);
    return {
      rows,
      behindMs: { before: before.behind, meanwhile: meanwhile.behind, after: after.behind },
      lockMs: { before: before.lock, meanwhile: meanwhile.lock, after: after.lock },
      migrationSeconds,
      mb: { before: size, most: behind.mostMb, after: await sizeOf(database) },
      facts: facts.sent,
      miscounted: [miscounted, await miscountedIn(database)],
      unmeasured: unmeasured(former, await indexesIn(database)),
    };
  } finally {
    await behind.stop();
    await facts.stop();
    await producer.disconnect();
    await database.end();
  }
}

/** Facts of attempts, as dispatchers write them, at a steady rate; and as many events, which nobody wants. */
class Facts {
  sent = 0;
  readonly #failed: { readonly n: number; readonly one: Fact }[] = [];
  #running: Promise<void> | undefined;
  #goes = false;

  constructor(
    private readonly producer: Producer,
    private readonly topicPrefix: string,
  ) {}

  start(): void {
    this.#goes = true;
    this.#running = this.#run();
    // `stop` throws it.
    this.#running.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#goes = false;
    await this.#running;
  }

  /** Resolves when the log has what was sent until now. */
  async in(database: pg.Pool): Promise<void> {
    await eventually(() => {
      if (!this.sent) throw new Error('no fact was sent');
    }, PATIENCE_MS);
    const last = fact(FIRST + this.sent - 1, 0).id;
    await eventually(async () => {
      const { rowCount } = await database.query('SELECT FROM log.attempts WHERE id = $1', [last]);
      if (!rowCount) throw new Error(`the log does not have ${last} yet`);
    }, PATIENCE_MS);
  }

  async pause(database: pg.Pool): Promise<void> {
    await this.stop();
    await this.in(database);
    // Facts of other partitions may come a moment later.
    await delay(QUIET_MS / 4);
  }

  async #run(): Promise<void> {
    const [first, began] = [this.sent, performance.now()];
    while (this.#goes) {
      await delay(TICK_MS);
      const due = first + Math.floor(((performance.now() - began) * FACTS_PER_SECOND) / 1_000);
      const at = Date.now();
      const some = Array.from({ length: due - this.sent }, (_, i) => FIRST + this.sent + i).map((n) => ({ n, one: fact(n, at) }));
      this.#failed.push(...some.filter(({ one }) => one.outcome === 'failed'));
      const again = this.#failed.splice(0, this.#failed.findLastIndex(({ n }) => n < FIRST + due - RETRIED_AFTER) + 1).map(({ one }) => succeeded(one, at));
      const messages = [...some.map(({ one }) => one), ...again].map(message);
      const topicMessages = [
        { topic: `${this.topicPrefix}.attempts`, messages },
        { topic: `${this.topicPrefix}.events`, messages: some.map(({ n }) => unwanted(n)) },
      ].filter((of) => of.messages.length);
      if (topicMessages.length) await this.producer.sendBatch({ acks: -1, topicMessages });
      this.sent = due;
    }
  }
}

const unwanted = (n: number): Message => ({
  key: String(n),
  value: '{}',
  headers: { ce_specversion: '1.0', ce_id: String(n), ce_source: '/upgrade', ce_type: 'wanted.by.nobody', 'content-type': 'application/json' },
});

const succeeded = (one: Fact, at: number): Fact => ({ ...one, id: `${one.id}-2`, number: 2, reason: 'retry', startedAt: at, at: at + 12, response: { ...one.response, status: 204 }, outcome: 'delivered', error: null, next: { step: 'done' } });

/** How long a statement of attempt-log has waited for a lock by now. */
const WAITS = `SELECT coalesce(extract(epoch FROM max(clock_timestamp() - l.waitstart)) * 1000, 0)::float8 AS ms FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.usename = 'nuncio_attempt_log'`;

/** How far the log is behind: the age of the newest row of each table. And how long it waits for locks. */
class Behind {
  mostMb = 0;
  #most = { behind: 0, lock: 0 };
  #goes = false;
  #running: Promise<unknown> | undefined;

  constructor(private readonly database: pg.Pool) {}

  start(): void {
    this.#goes = true;
    const looks = ['attempts ORDER BY started_at', 'deliveries ORDER BY event_at', 'events ORDER BY event_at'].map((newest) => this.#look(newest));
    this.#running = Promise.all([...looks, this.#wait(), this.#measure()]);
    // `stop` throws it.
    this.#running.catch(() => undefined);
  }

  /** Since the last call, in milliseconds. */
  most(): { readonly behind: number; readonly lock: number } {
    const { behind, lock } = this.#most;
    this.#most = { behind: 0, lock: 0 };
    return { behind: Math.round(behind), lock: Math.round(lock) };
  }

  async stop(): Promise<void> {
    this.#goes = false;
    await this.#running;
  }

  async #look(newest: string): Promise<void> {
    const [, column = ''] = newest.split(' ORDER BY ');
    while (this.#goes) {
      const { rows } = await this.database.query<{ at: Date }>(`SELECT ${column} AS at FROM log.${newest} DESC LIMIT 1`);
      // The time now, so that a look that is slow itself counts, too.
      this.#most.behind = Math.max(this.#most.behind, Date.now() - (rows[0]?.at.getTime() ?? 0));
      await delay(LOOK_MS);
    }
  }

  async #wait(): Promise<void> {
    while (this.#goes) {
      const { rows } = await this.database.query<{ ms: number }>(WAITS);
      this.#most.lock = Math.max(this.#most.lock, rows[0]?.ms ?? 0);
      await delay(LOOK_MS);
    }
  }

  async #measure(): Promise<void> {
    while (this.#goes) {
      this.mostMb = Math.max(this.mostMb, await sizeOf(this.database));
      await delay(1_000);
    }
  }
}

async function sizeOf(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ mb: number }>('SELECT (pg_database_size(current_database()) / 1000000)::int AS mb');
  return rows[0]?.mb ?? 0;
}

async function miscountedIn(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM (SELECT FROM (
      SELECT date_trunc('minute', event_at, 'UTC') AS minute, tenant, callback, event_type, status, count(*) AS n FROM log.deliveries GROUP BY 1, 2, 3, 4, 5
      UNION ALL SELECT minute, tenant, callback, event_type, status, -deliveries FROM log.deliveries_by_minute) r
    GROUP BY minute, tenant, callback, event_type, status HAVING sum(n) <> 0) m`);
  return rows[0]?.n ?? 0;
}

interface Index {
  readonly name: string;
  readonly table: string;
}

async function indexesIn(database: pg.Pool): Promise<Index[]> {
  const { rows } = await database.query<Index>(`SELECT i.relname AS name, t.relname AS table FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
    WHERE t.relnamespace = 'log'::regnamespace AND NOT t.relispartition ORDER BY 1`);
  return rows;
}

/** Every table has an index, that of its key. */
const unmeasured = (former: readonly Index[], present: readonly Index[]): string[] =>
  present.filter(({ name, table }) => former.some((one) => one.table === table) && !former.some((one) => one.name === name) && !FILLED.some((filled) => filled === table)).map(({ name, table }) => `${name} of ${table}`);
