import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import pg from 'pg';
import type { Problem } from '../fleet/answers.js';
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
  }, 120_000);
  afterAll(async () => {
    await receiver.close();
    await fleet.close();
  });

  it('the log says so, deliveries go on, and what was attempted meanwhile is there in the end, each once', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    const events = (part: string) => Array.from({ length: BATCH }, (_, n) => ({ payload: `{"part":"${part}","n":${n}}` }));
    const port = fleet.services.services['attempt-log']?.port ?? 0;
    const readiness = async (): Promise<{ status: number; missing: string[] }> => {
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
      const { missing } = (await answer.json()) as { missing: string[] };
      return { status: answer.status, missing };
    };
    await tenant.publish(events('before'));
    await eventually(async () => {
      expect(await tenant.attempts()).toHaveLength(BATCH);
    });

    const database = new URL(fleet.stack.databaseUrl);
    await closed(database, true);
    await eventually(async () => {
      expect(await readiness()).toEqual({ status: 503, missing: [expect.stringMatching(/^PostgreSQL is away .*nothing is lost/)] });
    });
    await tenant.publish(events('during'));
    await eventually(() => {
      expect(receiver.requests).toHaveLength(2 * BATCH);
    });
    expect(await fleet.api.call<Problem>('GET', '/v1/attempts')).toMatchObject({ status: 503, body: { code: 'unavailable' } });

    await closed(database, false);
    await eventually(async () => {
      expect((await tenant.attempts()).map(({ delivery }) => delivery).sort()).toEqual(receiver.requests.map(({ headers }) => headers['x-span-id']).sort());
    }, 40_000);
    expect((await readiness()).status).toBe(200);
  }, 120_000);
});

/** One database of the server refuses everybody and drops who is there, or takes them again; its neighbours notice nothing. */
async function closed(database: URL, isClosed: boolean): Promise<void> {
  const name = database.pathname.slice(1);
  const server = new URL(database);
  server.pathname = '/postgres';
  const client = new pg.Client(server.href);
  await client.connect();
  await client.query(`ALTER DATABASE ${client.escapeIdentifier(name)} WITH ALLOW_CONNECTIONS ${isClosed ? 'false' : 'true'}`);
  if (isClosed) await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
  await client.end();
}
