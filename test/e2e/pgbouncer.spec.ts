import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, hasPgBouncer, ownServers, startPgBouncer, type OwnServers } from '@nuncio/embedded';
import { Receiver } from '@nuncio/fixtures';
import pg from 'pg';
import { eventually } from '../fleet/eventually.js';
import { ownFleet, sharedStack, type OwnFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const ROLES = { 'config-service': 'nuncio_config_service', 'attempt-log': 'nuncio_attempt_log' } as const;

/** A package of the system, not of npm. Where it is not installed, only CI fails. */
const where = hasPgBouncer() || process.env.CI ? describe : describe.skip;

where('behind PgBouncer in transaction mode', () => {
  let servers: OwnServers;
  let fleet: OwnFleet;
  let direct: pg.Client | undefined;
  let databaseUrl: string;
  let passwords: Readonly<Record<string, string>>;
  beforeAll(async () => {
    servers = await ownServers('pgbouncer');
    const stack = sharedStack();
    const database = await createDatabase(stack.databaseUrl, `pooled-${process.pid}`);
    const known = stack.identities?.database;
    passwords = Object.fromEntries(Object.entries(ROLES).map(([service, role]) => [role, known?.[service as keyof typeof ROLES] ?? '']));
    databaseUrl = await startPgBouncer(servers, database, passwords);
    fleet = await ownFleet('pooled', { stack: { ...stack, databaseUrl }, names: ['config-service', 'dispatcher', 'attempt-log', 'gateway'] });
    direct = new pg.Client(database);
    await direct.connect();
  });
  afterAll(async () => {
    await Promise.all([direct?.end(), (fleet as OwnFleet | undefined)?.close()]);
    await servers.stop();
  });

  /** The results of a statement that runs several times through the pooler, each time in a transaction of its own. */
  const asked = async (role: string, statement: string, times: number): Promise<unknown[]> => {
    const url = Object.assign(new URL(databaseUrl), { username: role, password: passwords[role] ?? '' });
    const client = new pg.Client(url.href);
    await client.connect();
    const answers: unknown[] = [];
    for (let i = 0; i < times; i++) answers.push(...(await client.query<Record<string, unknown>>(statement)).rows);
    await client.end();
    return answers;
  };

  it('migrates, configures, delivers and keeps the log', async () => {
    const receiver = await Receiver.start();
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    await tenant.publish(Array.from({ length: 50 }, (_, n) => ({ payload: `{"n":${n}}` })));
    await eventually(async () => {
      expect(await tenant.attempts()).toHaveLength(50);
      const { body } = await fleet.api.call<{ count: unknown }>('GET', `/v1/deliveries?tenant=${tenant.id}&count=true`);
      expect(body.count).toEqual({ value: 50, exact: true });
    });
    await receiver.close();
  });

  it('keeps settings and locks within their transactions: what one service set reached another', async () => {
    const settings = `select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`;
    const tenant = await Tenant.create(fleet);
    const load = Array.from({ length: 40 }, () => fleet.api.call('GET', `/v1/deliveries?tenant=${tenant.id}`));
    for (const role of Object.values(ROLES)) expect(new Set((await asked(role, settings, 20)).map((row) => JSON.stringify(row)))).toEqual(new Set(['{"statement":"0","idle":"0"}']));
    for (const { status } of await Promise.all(load)) expect(status).toBe(200);
    const kept = await direct!.query(`select from pg_locks join pg_stat_activity using (pid) where locktype = 'advisory' and state = 'idle' and datname = current_database()`);
    expect(kept.rowCount).toBe(0);
  });

  it('drops what is past retention, concurrently', async () => {
    await direct!.query(`create table log.attempts_20200131 partition of log.attempts for values from ('2020-01-31') to ('2020-02-01')`);
    await direct!.query(`alter table log.attempts_20200131 owner to ${ROLES['attempt-log']}`);
    await fleet.services.kill('attempt-log', 'SIGTERM');
    await fleet.services.ready('attempt-log');
    await eventually(async () => {
      expect((await direct!.query(`select to_regclass('log.attempts_20200131') as found`)).rows).toEqual([{ found: null }]);
    });
  });
});
