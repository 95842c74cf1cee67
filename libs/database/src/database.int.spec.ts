import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { openDatabase, troubleOf } from './data-source.js';
import { oneConnection } from './one-connection.js';
import { freshDatabase, type FreshDatabase } from './testing/index.js';

const away = expect.objectContaining({ code: 'unavailable', retriable: true });

let fresh: FreshDatabase;
let database: DataSource;
let server: DataSource;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url, schema: 'public', statementTimeoutMs: 30_000, poolSize: 4 });
  server = await openDatabase({ url: process.env.DATABASE_URL ?? '', schema: 'public', poolSize: 1 });
  await database.query('create table kept (id int primary key)');
});
afterAll(async () => {
  await Promise.all([database.destroy(), server.destroy()]);
  await fresh.drop();
});

const name = (): string => new URL(fresh.url).pathname.slice(1);
/** A client that was disconnected notices it a moment later. */
async function healed<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await ask().catch((error: unknown) => {
      expect(error).toEqual(away);
      return null;
    });
    if (answer !== null) return answer;
  }
}
const terminated = () => server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name()]);

/** Resolves once both sessions that are to be ended are running. */
async function bothSleep(): Promise<void> {
  for (;;) {
    const [found] = await server.query<[{ count: number }]>(`select count(*)::int as count from pg_stat_activity where datname = $1 and state = 'active' and query like '%pg_sleep(30)%'`, [name()]);
    if (found.count === 2) return;
  }
}

describe('limits', () => {
  it('count in every transaction and statement, and are nobody else’s afterwards', async () => {
    const limits = `select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`;
    const limited = [{ statement: '30s', idle: '10s' }];
    expect(await database.query(limits)).toEqual(limited);
    expect(await database.transaction('REPEATABLE READ', (tx) => tx.query(limits))).toEqual(limited);
    const runner = database.createQueryRunner();
    expect(await runner.query(limits)).toEqual([{ statement: '0', idle: '0' }]);
    await runner.release();
  });
});

describe('defaults of the database', () => {
  it.each([
    ['SQL, DMY', 'Asia/Kolkata'],
    ['German', 'Europe/Berlin'],
    ['Postgres, MDY', 'America/New_York'],
  ])('such as the date style %s change nothing: times were read as null', async (style, zone) => {
    const own = await freshDatabase();
    const owned = `alter database "${new URL(own.url).pathname.slice(1)}" set`;
    for (const setting of [`DateStyle = '${style}'`, `TimeZone = '${zone}'`, 'standard_conforming_strings = off', `default_transaction_isolation = 'serializable'`, 'search_path = nowhere'])
      await server.query(`${owned} ${setting}`);
    const odd = await openDatabase({ url: own.url, schema: 'public', poolSize: 1 });
    const time = new Date('2026-11-03T12:34:56.789Z');
    const asked = `select $1::timestamptz as time, $1::timestamptz::text::timestamptz as again, $1::timestamptz::text as text, '2026-11-03 12:34:56.789'::timestamptz as here, 'a\\n' as string`;
    const answer = [{ time, again: time, text: '2026-11-03 12:34:56.789+00', here: time, string: 'a\\n' }];
    expect(await odd.query(asked, [time])).toEqual(answer);
    expect(await odd.transaction((tx) => tx.query(asked, [time]))).toEqual(answer);
    const isolation = `select current_setting('transaction_isolation') as level`;
    expect(await odd.transaction((tx) => tx.query(isolation))).toEqual([{ level: 'read committed' }]);
    expect(await odd.transaction('REPEATABLE READ', (tx) => tx.query(isolation))).toEqual([{ level: 'repeatable read' }]);
    await odd.destroy();
    await own.drop();
  });
});

/** What `/proc/net/tcp` says of the timer of the connection from a port: 2 = it asks whether the other side is there; and when, in seconds. */
function timersFrom(port: number): { kind: number; inSeconds: number }[] {
  const own = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1).map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([, from = '', , state, , timer = '']) => {
    const [kind = '', ticks = ''] = timer.split(':');
    return from.endsWith(own) && state === '01' ? [{ kind: parseInt(kind, 16), inSeconds: parseInt(ticks, 16) / 100 }] : [];
  });
}

(process.platform === 'linux' ? describe : describe.skip)('a connection', () => {
  it('that is idle is asked after, so that no firewall forgets it, and one that leads nowhere is noticed: its next statement hung for a quarter of an hour', async () => {
    const idle = await openDatabase({ url: fresh.url, schema: 'public', poolSize: 1 });
    const [{ port }] = await idle.query<[{ port: number }]>('select inet_client_port() as port');
    const timer = (): { kind: number; inSeconds: number } | undefined => timersFrom(port)[0];
    while (timer()?.kind !== 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(timer()?.inSeconds).toBeLessThanOrEqual(10);
    await idle.destroy();
  });
});

describe('one connection', () => {
  it('is what work has at a time, whatever it asks side by side', async () => {
    let [now, most, together] = [0, 0, 1];
    const ask = (): Promise<unknown> =>
      database.transaction(async (tx) => {
        most = Math.max(most, ++now);
        do await tx.query('select pg_sleep(0.01)');
        while (most < together);
        now--;
      });
    await oneConnection(() => Promise.all(Array.from({ length: 8 }, ask)));
    expect(most).toBe(1);
    together = 2;
    await Promise.all([oneConnection(ask), oneConnection(ask), ...Array.from({ length: 8 }, ask)]);
    expect(most).toBeGreaterThan(1);
  });

  it('does not wait for itself, and goes on after what failed', async () => {
    const within = await oneConnection(async () => {
      await expect(Promise.all([database.query('select nothing'), database.query('select 1')])).rejects.toThrow();
      return database.transaction(() => database.query<{ one: number }[]>('select 1 as one'));
    });
    expect(within).toEqual([{ one: 1 }]);
  });
});

describe('a database that is away', () => {
  it('is reported as such by a statement, a transaction and its commit, whoever ended the connection', async () => {
    const [sleeping, inTransaction, committing] = [
      database.query('select pg_sleep(30)'),
      database.transaction(async (tx) => {
        await tx.query('insert into kept values (1)');
        await bothSleep();
        await terminated();
        await tx.query('select 1');
      }),
      database.transaction(async (tx) => {
        await tx.query('insert into kept values (2)');
        await expect(tx.query('select pg_sleep(30)')).rejects.toEqual(away);
      }),
    ];
    for (const ended of await Promise.allSettled([sleeping, inTransaction, committing])) expect(ended).toEqual({ status: 'rejected', reason: away });
    // Another connection may have been ended, too, which its first use tells.
    expect(await healed(() => database.query('select * from kept'))).toEqual([]);
  });

  it('is reported as such if nobody may connect, and is used again as soon as it is back', async () => {
    await server.query(`alter database ${name()} with allow_connections false`);
    await terminated();
    await expect(database.query('select 1')).rejects.toEqual(away);
    expect(await troubleOf(database)).toContain('not currently accepting connections');
    await server.query(`alter database ${name()} with allow_connections true`);
    expect(await healed(() => database.query('select 1 as one'))).toEqual([{ one: 1 }]);
    expect(await troubleOf(database)).toBeNull();
  });

  it('closes every connection once a server turns out to be read-only: they stayed with the old primary after a failover', async () => {
    await server.query(`alter database ${name()} set default_transaction_read_only = on`);
    await terminated();
    const sessions = () => Promise.all([1, 2, 3, 4].map(() => database.query<{ pid: number }[]>('select pg_backend_pid() as pid, pg_sleep(0.05)')));
    const before = await healed(sessions);
    await server.query(`alter database ${name()} reset default_transaction_read_only`);
    await expect(database.query('insert into kept values (3)')).rejects.toEqual(away);
    await database.query('insert into kept values (4)');
    const after = await sessions();
    const pids = before.flat().map(({ pid }) => pid);
    expect(after.flat().filter(({ pid }) => pids.includes(pid))).toEqual([]);
  });

  it('is reported as such by a transaction that the server ends, since it lasts longer than the operator allows: it was a fault of ours, and never tried again', async () => {
    const long = database.transaction(async (tx) => {
      await tx.query('SET LOCAL transaction_timeout = 50');
      await tx.query('select pg_sleep(5)');
    });
    await expect(long).rejects.toEqual(away);
    expect(await healed(() => database.query('select 1 as one'))).toEqual([{ one: 1 }]);
  });

  it('may end a connection in the moment in which it is made: the process ended with it', async () => {
    const message = (type: string, body: string): Buffer => Buffer.concat([Buffer.from(type), Buffer.from(Uint32Array.of(body.length + 4).buffer).reverse(), Buffer.from(body, 'latin1')]);
    const welcome = Buffer.concat([message('R', '\0\0\0\0'), message('Z', 'I'), message('E', 'SFATAL\0C57P01\0Mterminating connection\0\0')]);
    const impostor = createServer((socket) => socket.once('data', () => socket.end(welcome))).listen(0, '127.0.0.1');
    await once(impostor, 'listening');
    const { port } = impostor.address() as AddressInfo;
    await expect(openDatabase({ url: `postgres://u:p@127.0.0.1:${port}/d`, schema: 'public' })).rejects.toThrow();
    impostor.close();
  });

  it('is not reported for a faulty statement', async () => {
    await expect(database.query('select 1 / 0')).rejects.toThrow('division by zero');
  });
});
