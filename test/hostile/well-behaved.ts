import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AuthorizationServer, Receiver, type Api, type Received } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import type { Fleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const EVENTS_EVERY_MS = 50;
const READS_EVERY_MS = 100;
const CHANGES_EVERY_MS = 500;
const SETTLED_WITHIN_MS = 150_000;
const CHANGED = 'x-change';

/** What a tenant observed for a while; times in milliseconds. */
export interface Observed {
  /** From before an event is published to its arrival. */
  readonly deliveries: readonly number[];
  /** Durations of reads and edits. */
  readonly calls: readonly number[];
  /** From before an edit is sent until a delivery follows it. */
  readonly inForce: readonly number[];
  /** Events that never arrived. */
  readonly lost: number;
  /** Answers that were no success; the tenant does nothing that should be refused. */
  readonly failures: readonly string[];
}

/** A tenant that publishes 20 events a second for a receiver with OAuth, reads, and sometimes edits its callback. */
export class WellBehaved {
  /** For each event, and each edit: when it began, and when it was seen at the receiver. */
  readonly #events = new Map<string, Sighting>();
  readonly #changes: Sighting[] = [];
  readonly #calls: number[] = [];
  readonly #failures: string[] = [];
  #reads = 0;

  private constructor(
    private readonly tenant: Tenant,
    private readonly api: Api,
    private readonly receiver: Receiver,
    private readonly server: AuthorizationServer,
    private readonly callback: string,
  ) {
    receiver.answer((request) => {
      this.#look(request);
      return {};
    });
  }

  static async start(fleet: Fleet): Promise<WellBehaved> {
    const tenant = await Tenant.create(fleet);
    const receiver = await Receiver.start();
    const client = { clientId: 'well-behaved', clientSecret: 'a secret of its own', authMethod: 'client_secret_basic' } as const;
    const server = await AuthorizationServer.start({ clients: [client] });
    const credential = await tenant.credential(server, client);
    const { callback } = await tenant.subscribe(receiver, { authentication: { type: 'oauth2', credential } });
    const { key } = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: 'well-behaved', role: 'consumer', tenant: tenant.id });
    const api = fleet.api.as(key);
    await eventually(() => api.get('/v1/deliveries'));
    return new WellBehaved(tenant, api, receiver, server, callback);
  }

  async observe(seconds: number): Promise<Observed> {
    for (const seen of [this.#changes, this.#calls, this.#failures, this.receiver.requests]) seen.length = 0;
    this.#events.clear();
    const over = AbortSignal.timeout(seconds * 1_000);
    await Promise.all([this.#repeat(EVENTS_EVERY_MS, over, () => this.#publish()), this.#repeat(READS_EVERY_MS, over, () => this.#read()), this.#changeInTurn(over)]);
    // An edit is seen in the events after it, so publishing goes on.
    const settled = AbortSignal.timeout(SETTLED_WITHIN_MS);
    while (!settled.aborted && this.#changes.some(isMissing)) await Promise.all([this.#publish(), delay(EVENTS_EVERY_MS)]);
    while (!settled.aborted && [...this.#events.values()].some(isMissing)) await delay(EVENTS_EVERY_MS);
    return { deliveries: timesOf(this.#events.values()), calls: [...this.#calls], inForce: timesOf(this.#changes), lost: [...this.#events.values()].filter(isMissing).length, failures: [...this.#failures] };
  }

  async close(): Promise<void> {
    await Promise.all([this.receiver.close(), this.server.down()]);
  }

  /** Edits one after another, since the number in progress per tenant is limited. */
  async #changeInTurn(over: AbortSignal): Promise<void> {
    while (!over.aborted) await Promise.all([delay(CHANGES_EVERY_MS), this.#change().catch((error: unknown) => void this.#failures.push(String(error)))]);
  }

  /** At fixed times, whether or not the call before is answered. Waiting for slow answers would measure few of them. */
  async #repeat(everyMs: number, over: AbortSignal, once: () => Promise<void>): Promise<void> {
    const begun: Promise<void>[] = [];
    while (!over.aborted) {
      begun.push(once().catch((error: unknown) => void this.#failures.push(String(error))));
      await delay(everyMs);
    }
    await Promise.all(begun);
  }

  async #publish(): Promise<void> {
    const name = randomUUID();
    this.#events.set(name, { begunAt: Date.now(), seenAt: null });
    await this.tenant.publish([{ payload: JSON.stringify({ name }) }]);
  }

  #read(): Promise<void> {
    const paths = [`/v1/callbacks/${this.callback}`, '/v1/callbacks', '/v1/subscriptions', '/v1/deliveries?limit=20', '/v1/attempts?limit=20'];
    return this.#timed(() => this.api.get(paths[this.#reads++ % paths.length] ?? ''));
  }

  async #change(): Promise<void> {
    const change = this.#changes.push({ begunAt: Date.now(), seenAt: null });
    await this.#timed(() => this.api.patch(`/v1/callbacks/${this.callback}`, { headers: { [CHANGED]: String(change) } }));
  }

  async #timed(call: () => Promise<unknown>): Promise<void> {
    const begun = performance.now();
    await call();
    this.#calls.push(performance.now() - begun);
  }

  #look({ at, headers, body }: Received): void {
    const event = this.#events.get((JSON.parse(String(body)) as { name?: string }).name ?? '');
    if (event) event.seenAt ??= at;
    for (const change of this.#changes.slice(0, Number(headers[CHANGED] ?? 0))) change.seenAt ??= at;
  }
}

interface Sighting {
  readonly begunAt: number;
  seenAt: number | null;
}

const isMissing = ({ seenAt }: Sighting): boolean => seenAt === null;
const timesOf = (sightings: Iterable<Sighting>): number[] => [...sightings].flatMap(({ begunAt, seenAt }) => (seenAt === null ? [] : [seenAt - begunAt]));
