import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startServices, startStack, type Services, type Stack } from '@nuncio/embedded';
import { AuthorizationServer, RemoteCountingReceiver } from '@nuncio/fixtures';
import { Api } from '@nuncio/fixtures';
import type { Options } from './options.js';

const TOPIC_PREFIX = 'bench';
export const TENANT = 'bench';
export const EVENT_TYPE = 'order.created';

/**
 * What every measurement needs: servers, one of each service, one endpoint in a process of its own, one subscription with OAuth and Standard
 * Webhooks.
 */
export class Installation {
  private constructor(
    readonly stack: Stack,
    readonly services: Services,
    readonly receiver: RemoteCountingReceiver,
    readonly api: Api,
    readonly server: AuthorizationServer,
    private readonly dir: string,
  ) {}

  /** `profile`: the directory into which every service writes a CPU profile when it ends. */
  static async start(log: (line: string) => void, { profile, partitions }: Pick<Options, 'profile' | 'partitions'> = { profile: null, partitions: null }): Promise<Installation> {
    const dir = await mkdtemp(join(tmpdir(), 'nuncio-bench-'));
    const env: Record<string, string> = {
      ...(profile !== null && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(profile)}` }),
      ...(partitions !== null && { TOPIC_PARTITIONS: `events=${partitions},deliveries=${partitions}` }),
    };
    const stack = await startStack({ dir, log, lasting: true });
    const services = await startServices({ dir, stack, topicPrefix: TOPIC_PREFIX, restart: false, log, env });
    const client = { clientId: 'bench', clientSecret: 'a secret of a benchmark', authMethod: 'client_secret_basic' } as const;
    const server = await AuthorizationServer.start({ clients: [client] });
    const receiver = await RemoteCountingReceiver.start();
    const api = new Api(services.url, services.adminKey);
    await api.post('/v1/tenants', { id: TENANT, name: TENANT });
    await api.post('/v1/event-types', { name: EVENT_TYPE });
    const credential = await api.post<{ id: string }>('/v1/credentials', { tenant: TENANT, name: 'bench', tokenUrl: server.tokenUrl, ...client });
    const callback = await api.post<{ id: string }>('/v1/callbacks', {
      tenant: TENANT,
      name: 'bench',
      url: receiver.url,
      profile: 'standard',
      authentication: { type: 'oauth2', credential: credential.id },
      limits: { concurrency: 64 },
    });
    const subscription = await api.post<{ state: string }>('/v1/subscriptions', { tenant: TENANT, callback: callback.id, eventTypes: [EVENT_TYPE], activate: true });
    if (subscription.state !== 'activated') throw new Error(`the subscription did not come up: ${JSON.stringify(subscription)}`);
    return new Installation(stack, services, receiver, api, server, dir);
  }

  /** Creates another tenant with a callback, signed and without OAuth, and a subscription. Returns the callback's id. */
  async endpoint(tenant: string, url: string, settings: object = {}): Promise<string> {
    await this.api.post('/v1/tenants', { id: tenant, name: tenant });
    const { id } = await this.api.post<{ id: string }>('/v1/callbacks', { tenant, name: tenant, url, profile: 'standard', ...settings });
    const { state } = await this.api.post<{ state: string }>('/v1/subscriptions', { tenant, callback: id, eventTypes: [EVENT_TYPE], activate: true });
    if (state !== 'activated') throw new Error(`the subscription of ${tenant} did not come up: ${state}`);
    // The dispatcher that sends the sample knows everything configured before it, so the subscription is in force now.
    await this.api.post(`/v1/callbacks/${id}/test`);
    return id;
  }

  topic(name: string): string {
    return `${this.services.topicPrefix}.${name}`;
  }

  async stop(): Promise<void> {
    await this.services.stop();
    await Promise.all([this.receiver.close(), this.server.down(), this.stack.stop()]);
    await rm(this.dir, { recursive: true, force: true });
  }
}
