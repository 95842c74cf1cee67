import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServices, startStack } from '@nuncio/embedded';
import { always, Api, AuthorizationServer } from '@nuncio/fixtures';
import type { OwnStage } from '../chaos/own-stage.js';
import { Cluster } from '../fleet/kafka.js';
import type { Archive } from './backup.js';
import { followRunbook } from './runbook.js';
import { Customer, insist, type Drilled, type Site } from './site.js';

const EVENTS = 5;
const client = { clientId: 'drill', clientSecret: 'a secret of the drill', authMethod: 'client_secret_basic' } as const;
/** What a second region has besides PostgreSQL's backup: keys and passwords. */
const KEPT_APART = ['keys', 'identities', 'postgres/password'];

/**
 * The whole installation is lost. Another one starts from PostgreSQL's backup and the keys, with an empty Kafka and an empty Redis. The drill ends
 * the first one.
 */
export async function regionLost(stage: OwnStage, archive: Archive): Promise<Drilled> {
  const { fleet, stack, services, dir } = stage;
  const server = await AuthorizationServer.start({ clients: [client] });
  const [delivered, waiting] = await Promise.all([Customer.of(fleet), Customer.of(fleet, { retry: { delaysSeconds: [3_600], jitter: 0 } })]);
  const credential = await delivered.tenant.credential(server, client);
  await fleet.api.patch(`/v1/callbacks/${delivered.callback}`, { authentication: { type: 'oauth2', credential } });
  await delivered.tenant.inForce();
  waiting.receiver.answer(always({ status: 503 }));
  if (!stack.postgres) throw new Error('PostgreSQL is not ours to restore');
  await archive.backUp(stack.databaseUrl, stack.postgres.data);
  await Promise.all([delivered.publish(EVENTS, 'delivered'), waiting.publish(EVENTS, 'pending')]);

  const from = Date.now();
  await services.stop();
  await stack.stop();
  const second = await Region.cold(dir, archive, services.topicPrefix);
  try {
    const seconds = (Date.now() - from) / 1_000;
    const { fleet: there } = second.site;
    const [known, kept] = [delivered.in(there), waiting.in(there)];
    await known.all('delivered', EVENTS);
    await kept.all('pending', EVENTS);
    await known.tenant.publish([{ payload: '{}' }]);
    await known.all('delivered', EVENTS + 1);
    waiting.receiver.answer(always({}));
    await followRunbook(second.site, 'What waited in Kafka', { NUNCIO_URL: there.api.url, ADMIN_API_KEY: there.api.key });
    await kept.all('delivered', EVENTS);
    insist(delivered.receiver.requests.length === EVENTS + 1, `what was delivered is not sent again: ${delivered.receiver.requests.length} requests`);
    return { drill: 'a second region, cold', seconds, commandSeconds: second.commandSeconds, published: 1, repeated: 0, slowestSeconds: 0, lost: 'events that had not come to the log' };
  } finally {
    await second.close();
    await Promise.all([delivered.leave(), waiting.leave(), server.down()]);
  }
}

class Region {
  private constructor(
    readonly site: Site,
    /** How long the runbook's commands took. */
    readonly commandSeconds: number,
    readonly close: () => Promise<void>,
  ) {}

  static async cold(first: string, archive: Archive, topicPrefix: string): Promise<Region> {
    const dir = await mkdtemp(join(tmpdir(), 'nuncio-region-'));
    await mkdir(join(dir, 'postgres'));
    for (const file of KEPT_APART) await cp(join(first, file), join(dir, file));
    const stack = await startStack({ dir, env: {} });
    if (!stack.postgres) throw new Error('PostgreSQL is not ours to restore');
    await stack.postgres.stop();
    await archive.restore(stack.postgres, null);
    const commandsAt = Date.now();
    await followRunbook({ stack, services: { topicPrefix } }, 'Kafka is gone');
    const commandSeconds = (Date.now() - commandsAt) / 1_000;
    const services = await startServices({ dir, stack, topicPrefix, restart: false });
    const cluster = new Cluster(stack.brokers, topicPrefix);
    const close = async (): Promise<void> => {
      await cluster.close();
      await services.stop();
      await stack.stop();
      await rm(dir, { recursive: true, force: true });
    };
    return new Region({ fleet: { api: new Api(services.url, services.adminKey), cluster }, services, stack }, commandSeconds, close);
  }
}
