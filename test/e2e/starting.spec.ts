import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cable } from '@nuncio/fixtures';
import pg from 'pg';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';

describe('a service that starts before what it needs is there', () => {
  let fleet: Awaited<ReturnType<typeof ownFleet>>;
  let kafka: Cable;
  let redis: Cable;
  const started: Promise<string>[] = [];
  beforeAll(async () => {
    fleet = await ownFleet('starting', { names: [] });
    kafka = await Cable.to(`http://${fleet.stack.brokers.split(',')[0] ?? ''}`);
    redis = await Cable.to(fleet.stack.redisUrl);
  });
  afterAll(async () => {
    await fleet.close();
    await Promise.all([kafka.cut(), redis.cut()]);
  });

  it('is alive and says that it waits for Kafka, however long that is away', async () => {
    await kafka.cut();
    started.push(fleet.services.add('gateway', { KAFKA_BROKERS: kafka.url.host }));
    await eventually(async () => {
      expect(await health('gateway')).toEqual({ live: 200, ready: 503, missing: [expect.stringMatching(new RegExp(`^waiting for Kafka at ${kafka.url.host}: .`))] });
    });
    const answer = await fetch(`${originOf('gateway')}/v1/events`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await answer.json()).toMatchObject({ code: 'unavailable', detail: 'The service is starting; try again in a moment.', requestId: answer.headers.get('x-request-id') ?? 'no header' });
    // A monitor that counts who serves counts it as down.
    expect((await fetch(`${originOf('gateway')}/metrics`)).status).toBe(503);
    await kafka.mend();
  });

  it('is alive and says that it waits for the first record of configuration: it takes no event for nobody’s, and nobody restarts it for waiting', async () => {
    await redis.cut();
    started.push(fleet.services.add('dispatcher'), fleet.services.add('attempt-log'), fleet.services.add('token-service', { REDIS_URL: redis.url.href }));
    for (const service of ['gateway', 'dispatcher', 'attempt-log', 'token-service'] as const) {
      await eventually(async () => {
        const missing = [expect.stringMatching(/^waiting for configuration in .*\.config\.state: the topic is empty/)];
        expect(await health(service)).toEqual({ live: 200, ready: 503, missing });
      });
    }
  });

  it('is alive and says that it waits for what its migrations make, and for PostgreSQL', async () => {
    // Where the row is missing, the migration has not run.
    const [migration] = await inDatabase('delete from config.migrations where id = (select max(id) from config.migrations) returning timestamp, name');
    started.push(fleet.services.add('config-service'));
    await eventually(async () => {
      const missing = [expect.stringMatching(new RegExp(`^waiting for PostgreSQL at .*: the schema config is older .* npm run migrate has yet to run ${migration?.name ?? '-'}$`))];
      expect(await health('config-service')).toEqual({ live: 200, ready: 503, missing });
    });

    await atServer((name) => `alter database ${name} with allow_connections false`);
    await eventually(async () => {
      expect(await health('config-service')).toEqual({ live: 200, ready: 503, missing: [expect.stringMatching(/^waiting for PostgreSQL at .*: 55000 .*not currently accepting connections/)] });
    });
    await atServer((name) => `alter database ${name} with allow_connections true`);
    await inDatabase('insert into config.migrations (timestamp, name) values ($1, $2)', [migration?.timestamp, migration?.name]);
  });

  it('is ready as soon as all of it is there', async () => {
    await Promise.all(started);
    for (const service of ['gateway', 'dispatcher', 'attempt-log', 'config-service'] as const) {
      await eventually(async () => {
        expect(await health(service)).toEqual({ live: 200, ready: 200, missing: [] });
      });
    }
    // Nothing but tokens waits for Redis.
    await eventually(async () => {
      expect(await health('token-service')).toEqual({ live: 200, ready: 503, missing: [expect.stringMatching(/^Redis does not answer: .*ECONNREFUSED/)] });
    });
    await redis.mend();
    await eventually(async () => {
      expect(await health('token-service')).toEqual({ live: 200, ready: 200, missing: [] });
    });
  });

  const originOf = (service: string): string => {
    const [, { port }] = Object.entries(fleet.services.services).find(([name]) => name.startsWith(service)) ?? ['', { port: 0 }];
    return `http://127.0.0.1:${port}`;
  };

  const health = async (service: string): Promise<{ live: number; ready: number; missing: string[] }> => {
    const live = await fetch(`${originOf(service)}/health/live`);
    const ready = await fetch(`${originOf(service)}/health/ready`);
    const { missing } = (await ready.json()) as { missing: string[] };
    return { live: live.status, ready: ready.status, missing };
  };

  const inDatabase = async (text: string, values: unknown[] = []): Promise<Record<string, string>[]> => {
    const client = new pg.Client(fleet.stack.databaseUrl);
    await client.connect();
    const { rows } = await client.query<Record<string, string>>(text, values);
    await client.end();
    return rows;
  };

  const atServer = async (statement: (name: string) => string): Promise<void> => {
    const server = new URL(fleet.stack.databaseUrl);
    const client = new pg.Client(Object.assign(new URL(server), { pathname: '/postgres' }).href);
    await client.connect();
    await client.query(statement(client.escapeIdentifier(server.pathname.slice(1))));
    await client.end();
  };
});
