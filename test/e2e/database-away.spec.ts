import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import pg from 'pg';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const BATCH = 30;

describe('with its database away', () => {
  let fleet: Awaited<ReturnType<typeof ownFleet>>;
  let receiver: Receiver;
  beforeAll(async () => {
    fleet = await ownFleet('database-away');
    receiver = await Receiver.start();
  });
  afterAll(async () => {
    await receiver.close();
    await fleet.close();
  });

  it('the log reports it, deliveries go on, and attempts made meanwhile are recorded in the end, each once', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    await tenant.publish(events('before'));
    await eventually(async () => {
      expect(await tenant.attempts()).toHaveLength(BATCH);
    });

    await atServer((name) => `alter database ${name} with allow_connections false`, terminate);
    await eventually(async () => {
      expect(await readiness('attempt-log')).toEqual({ status: 503, missing: [expect.stringMatching(/^PostgreSQL is away .*Nothing is lost/)] });
    });
    await tenant.publish(events('during'));
    await eventually(() => {
      expect(receiver.requests).toHaveLength(2 * BATCH);
    });
    for (const path of ['/v1/attempts', '/v1/tenants']) expect(await ask('GET', path)).toEqual(away);

    await atServer((name) => `alter database ${name} with allow_connections true`);
    await eventually(async () => {
      expect((await tenant.attempts()).map(({ delivery }) => delivery).sort()).toEqual(receiver.requests.map(({ headers }) => headers['x-span-id']).sort());
    });
    await eventually(async () => {
      expect((await readiness('attempt-log')).status).toBe(200);
    });
  });

  it('answers 503 or does what it was asked while connections are ended under load, and loses nothing', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    const answers: Told[] = [];
    const created: string[] = [];
    let isOver = false;
    const load = async (who: number): Promise<void> => {
      for (let n = 0; !isOver; n++) {
        const id = `load-${who}-${n}`;
        const made = await ask('POST', '/v1/tenants', { id, name: id });
        if (made.status === 201) created.push(id);
        answers.push(made, await ask('GET', '/v1/attempts'), await ask('GET', `/v1/deliveries?tenant=${tenant.id}`));
      }
    };
    const callers = [1, 2, 3, 4].map(load);
    let rounds = 0;
    // Until a call was under way when its connection was ended.
    for (; rounds < 10 || !answers.some(({ code }) => code === away.code); rounds++) {
      await tenant.publish(events(`round ${rounds}`));
      await atServer(terminate);
    }
    isOver = true;
    await Promise.all(callers);
    for (const answer of answers) if (answer.status !== 200 && answer.status !== 201) expect(answer).toEqual(away);
    expect(created).not.toEqual([]);
    await eventually(async () => {
      for (const id of created) expect((await ask('GET', `/v1/tenants/${id}`)).status).toBe(200);
      expect((await tenant.attempts()).map(({ delivery }) => delivery).sort()).toEqual(receiver.requests.map(({ headers }) => headers['x-span-id']).sort());
    });
    expect(receiver.requests).toHaveLength(rounds * BATCH);
  });

  it('counts a server that is read-only since a failover as away, and leaves it as soon as there is another one', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    // New connections are read-only, as with a former primary, until they are closed.
    await atServer((name) => `alter database ${name} set default_transaction_read_only = on`, terminate);
    await eventually(async () => {
      for (const service of ['config-service', 'attempt-log'] as const) expect(await readiness(service)).toEqual({ status: 503, missing: expect.arrayContaining([expect.stringContaining('read-only')]) });
    });
    await tenant.publish(events('meanwhile'));
    await eventually(async () => {
      expect(receiver.requests).toHaveLength(BATCH);
      expect(await ask('POST', '/v1/tenants', { id: 'later', name: 'later' })).toEqual(away);
    });

    await atServer((name) => `alter database ${name} reset default_transaction_read_only`);
    await eventually(async () => {
      expect((await ask('POST', '/v1/tenants', { id: 'later', name: 'later' })).status).toBe(201);
    });
    await eventually(async () => {
      expect(await tenant.attempts()).toHaveLength(BATCH);
    });
    await eventually(async () => {
      for (const service of ['config-service', 'attempt-log'] as const) expect((await readiness(service)).status).toBe(200);
    });
  });

  const events = (part: string) => Array.from({ length: BATCH }, (_, n) => ({ payload: `{"part":"${part}","n":${n}}` }));

  const readiness = async (service: 'config-service' | 'attempt-log'): Promise<{ status: number; missing: string[] }> => {
    const answer = await fetch(`http://127.0.0.1:${fleet.services.services[service]?.port ?? 0}/health/ready`);
    const { missing } = (await answer.json()) as { missing: string[] };
    return { status: answer.status, missing };
  };

  const ask = async (method: string, path: string, body?: object): Promise<Told> => {
    const headers = { authorization: `Bearer ${fleet.api.key}`, 'content-type': 'application/json' };
    const answer = await fetch(fleet.api.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const { code = null } = (await answer.json()) as { code?: string };
    return { status: answer.status, code, retryAfter: answer.headers.get('retry-after') };
  };

  const terminate = (name: string): string => `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name.slice(1, -1)}'`;

  /** Runs statements on this test's database, whose quoted name they get, from another one. Other databases do not notice. */
  const atServer = async (...statements: ((name: string) => string)[]): Promise<void> => {
    const server = new URL(fleet.stack.databaseUrl);
    const client = new pg.Client(Object.assign(new URL(server), { pathname: '/postgres' }).href);
    await client.connect();
    for (const statement of statements) await client.query(statement(client.escapeIdentifier(server.pathname.slice(1))));
    await client.end();
  };
});

/** The parts of an answer that tell whether a server is away. */
interface Told {
  readonly status: number;
  readonly code: string | null;
  readonly retryAfter: string | null;
}
const away: Told = { status: 503, code: 'unavailable', retryAfter: '2' };

