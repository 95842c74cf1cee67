import { randomUUID } from 'node:crypto';
import { AuthorizationServer, Receiver, type Api } from '@nuncio/fixtures';
import { eventually } from './eventually.js';
import type { Fleet } from './fleet.js';
import { Tenant } from './tenant.js';

const client = { clientId: 'probe', clientSecret: 'a secret of the probe', authMethod: 'client_secret_basic' } as const;

/** Finds out whether an installation works: an event over HTTP, a token, a failed attempt and a retry, the log, and a change of configuration. */
export class Probe {
  private constructor(
    private readonly api: Api,
    private readonly tenant: Tenant,
    private readonly receiver: Receiver,
    private readonly server: AuthorizationServer,
    private readonly callback: string,
  ) {}

  static async of(fleet: Fleet): Promise<Probe> {
    // Tokens with a short life, so that each event needs another one.
    const server = await AuthorizationServer.start({ clients: [client], tokenLifeSeconds: 2 });
    const [tenant, receiver] = [await Tenant.create(fleet), await Receiver.start()];
    const credential = await tenant.credential(server, client);
    const { callback } = await tenant.subscribe(receiver, { authentication: { type: 'oauth2', credential }, retry: { delaysSeconds: [3, 3, 3, 3, 3], jitter: 0 } });
    const failed = new Set<string>();
    receiver.answer(({ body }) => {
      const isFirst = !failed.has(body.toString());
      failed.add(body.toString());
      return { status: isFirst ? 500 : 204 };
    });
    return new Probe(fleet.api, tenant, receiver, server, callback);
  }

  /** Publishes an event over HTTP, tried again until it is accepted. Returns its payload. */
  async publish(): Promise<string> {
    const payload = JSON.stringify({ id: randomUUID() });
    const headers = { 'ce-id': randomUUID(), 'ce-source': '/probe', 'ce-type': this.tenant.eventType, 'ce-tenant': this.tenant.id };
    await eventually(async () => {
      const { status } = await this.api.call('POST', '/v1/events', payload, headers);
      if (status !== 202) throw new Error(`publishing is answered with ${status}`);
    });
    return payload;
  }

  /** Waits until an event was delivered by a retry. */
  async arrives(payload: string): Promise<void> {
    await eventually(() => {
      const tries = this.receiver.requests.filter(({ body }) => body.toString() === payload).map(({ status }) => status);
      if (!tries.includes(204)) throw new Error(`an event has not arrived; its attempts were answered with ${String(tries)}`);
    });
  }

  /** Waits until everything works, for a new event and a new change. */
  async works(): Promise<void> {
    await this.arrives(await this.publish());
    await eventually(async () => {
      const statuses = (await this.tenant.deliveries()).map(({ status }) => status);
      const open = statuses.filter((status) => status !== 'delivered');
      if (statuses.length === 0 || open.length > 0) throw new Error(`deliveries are ${String(open)} in the log`);
    });
    await this.api.patch(`/v1/callbacks/${this.callback}`, { name: randomUUID() });
    await eventually(() => this.tenant.inForce());
  }

  /** How often each event was delivered successfully. */
  get deliveredTimes(): number[] {
    const counts = new Map<string, number>();
    for (const { body, status } of this.receiver.requests) if (status === 204) counts.set(body.toString(), (counts.get(body.toString()) ?? 0) + 1);
    return [...counts.values()];
  }

  /** The number of requests for a token that were made. */
  get tokenRequests(): number {
    return this.server.requests.length;
  }

  async close(): Promise<void> {
    await Promise.all([this.receiver.close(), this.server.down()]);
  }
}
