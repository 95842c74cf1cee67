import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Receiver, type AuthorizationServer, type OAuthClient } from '@nuncio/fixtures';
import type { AttemptAnswer, DeliveryAnswer } from './answers.js';
import type { Fleet } from './fleet.js';

/** An event of a test. `attributes`: CloudEvents attributes. */
interface Draft {
  readonly payload: string | Buffer;
  readonly contentType?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A tenant for one test, without other tests' events or attempts. */
export class Tenant {
  readonly eventType = 'order.created';

  private constructor(
    readonly id: string,
    private readonly fleet: Fleet,
  ) {}

  static async create(fleet: Fleet): Promise<Tenant> {
    const tenant = new Tenant(`t-${randomUUID().slice(0, 13)}`, fleet);
    await fleet.api.post('/v1/tenants', { id: tenant.id, name: tenant.id });
    const { status } = await fleet.api.call('POST', '/v1/event-types', { name: tenant.eventType });
    if (status !== 201 && status !== 409) throw new Error(`POST /v1/event-types: ${status}`);
    return tenant;
  }

  /** The same tenant in another installation. */
  in(fleet: Fleet): Tenant {
    return new Tenant(this.id, fleet);
  }

  async credential(server: AuthorizationServer, client: OAuthClient, settings: object = {}): Promise<string> {
    const { id } = await this.fleet.api.post<{ id: string }>('/v1/credentials', { tenant: this.id, name: client.clientId, tokenUrl: server.tokenUrl, ...client, ...settings });
    return id;
  }

  /** Creates a callback and an active subscription that is in force. The receiver forgets the sample that verified it. */
  async subscribe(receiver: Pick<Receiver, 'url'> & { readonly requests: unknown[] }, settings: object): Promise<{ callback: string; subscription: string; secret: string }> {
    const { api } = this.fleet;
    const callback = await api.post<{ id: string; signing: { secret: string } }>('/v1/callbacks', { tenant: this.id, name: randomUUID(), url: receiver.url, ...settings });
    const subscription = await api.post<{ id: string; state: string; verification: unknown }>('/v1/subscriptions', {
      tenant: this.id,
      callback: callback.id,
      eventTypes: [this.eventType],
      activate: true,
    });
    if (subscription.state !== 'activated') throw new Error(`the subscription is ${subscription.state}: ${JSON.stringify(subscription.verification)}`);
    await this.inForce();
    receiver.requests.length = 0;
    return { callback: callback.id, subscription: subscription.id, secret: callback.signing.secret };
  }

  /**
   * Waits until everything configured so far is in force: a dispatcher that sends a sample knows what was configured before
   * it.
   */
  async inForce(): Promise<void> {
    const receiver = await Receiver.start();
    const { id } = await this.fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: this.id, name: randomUUID(), url: receiver.url });
    const { ok, ...answer } = await this.fleet.api.post<{ ok: boolean }>(`/v1/callbacks/${id}/test`);
    await receiver.close();
    if (!ok) throw new Error(`the sample failed: ${JSON.stringify(answer)}`);
  }

  /** Publishes to Kafka like a producer, in binary mode. Returns the events' `ce_id`s in order. */
  async publish(drafts: readonly Draft[]): Promise<string[]> {
    const ids = drafts.map(() => randomUUID());
    const messages = drafts.map(({ payload, contentType = 'application/json', attributes = {} }, i) => ({
      key: ids[i] ?? '',
      value: Buffer.from(payload),
      headers: {
        ce_specversion: '1.0',
        ce_id: ids[i] ?? '',
        ce_source: '/blackbox',
        ce_type: this.eventType,
        ce_tenant: this.id,
        'content-type': contentType,
        ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value])),
      },
    }));
    await this.fleet.cluster.send('events', messages);
    return ids;
  }

  /** Publishes one after another, each in a millisecond of its own. "Oldest first" is by whole milliseconds: of two events in the same one, either may be first. */
  async publishInTurn(drafts: readonly Draft[]): Promise<void> {
    for (const draft of drafts) {
      await this.publish([draft]);
      await pause(2);
    }
  }

  deliveries(): Promise<DeliveryAnswer[]> {
    return this.fleet.api.all('/v1/deliveries', { tenant: this.id });
  }

  /** Newest first. */
  attempts(): Promise<AttemptAnswer[]> {
    return this.fleet.api.all('/v1/attempts', { tenant: this.id });
  }
}
