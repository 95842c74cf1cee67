import { Receiver, type AuthorizationServer, type Received } from '@nuncio/fixtures';
import type { Customer } from './customers.js';
import type { Published } from './publication.js';

/** A customer's endpoint during one run: the events that it should get, and the requests that it got. */
export class Endpoint {
  /** By event id. */
  readonly expected = new Map<string, Published>();
  /** The callback's id, once it is subscribed. */
  callback = '';

  private constructor(
    readonly customer: Customer,
    readonly receiver: Receiver,
  ) {}

  static async open(customer: Customer): Promise<Endpoint> {
    return new Endpoint(customer, await Receiver.start());
  }

  expect(published: readonly Published[], broadcast: ReadonlySet<string>): void {
    for (const one of published) if (this.#wants(one, broadcast)) this.expected.set(one.id, one);
  }

  /** Requests with an event of this run. Samples and deliveries of an earlier run do not count. */
  requests(run: ReadonlySet<string>): Received[] {
    return this.receiver.requests.filter(({ headers }) => run.has(headers['x-trace-id'] ?? ''));
  }

  /** Milliseconds from Kafka's acknowledgement to the first arrival here. */
  latencies(): number[] {
    const first = new Map<string, number>();
    for (const { headers, at } of this.receiver.requests) {
      const id = headers['x-trace-id'] ?? '';
      const published = this.expected.get(id);
      if (published && !first.has(id)) first.set(id, at - published.acceptedAt);
    }
    return [...first.values()];
  }

  /** Ids of the events that were answered with 204. */
  taken(): string[] {
    return this.receiver.requests.filter((request) => request.status === 204).map(({ headers }) => headers['x-trace-id'] ?? '');
  }

  isComplete(): boolean {
    const taken = new Set(this.taken());
    return [...this.expected.keys()].every((id) => taken.has(id));
  }

  /** Everything that is wrong with the requests, in sentences. */
  faults(run: ReadonlySet<string>, server: AuthorizationServer): string[] {
    const taken = this.taken();
    return [
      ...this.requests(run).flatMap((request) => this.#requestFaults(request, server)),
      ...[...this.expected.keys()].flatMap((id) => {
        const times = taken.filter((one) => one === id).length;
        return times === 1 ? [] : [`${id} was delivered ${times} times`];
      }),
    ].map((fault) => `${this.customer.name}: ${fault}`);
  }

  #wants({ event: { headers } }: Published, broadcast: ReadonlySet<string>): boolean {
    const { eventTypes, tenant } = this.customer;
    const type = headers.ce_type ?? '';
    const addressed = broadcast.has(type) || (headers.ce_tenant ?? '').split(',').some((one) => one.trim() === tenant);
    return addressed && (eventTypes.includes('*') || eventTypes.includes(type));
  }

  #requestFaults(request: Received, server: AuthorizationServer): string[] {
    const { customer, receiver } = this;
    const id = request.headers['x-trace-id'] ?? '';
    const published = this.expected.get(id);
    if (!published) return [`${id} came although nobody here wanted it`];
    const faults: (string | null)[] = [
      request.body.equals(customer.body(published.event, id)) ? null : 'the body is not what was published',
      request.headers['x-event-created-at'] === published.event.headers.ce_time ? null : 'created-at is not the event’s time',
      customer.signatureFault(request, receiver.url),
      customer.client && !server.accepts(request.headers.authorization) ? 'the token was never issued, or has ended' : null,
    ];
    return faults.filter((fault) => fault !== null).map((fault) => `${id}: ${fault}`);
  }
}
