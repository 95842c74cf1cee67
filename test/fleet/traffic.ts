import { setTimeout as delay } from 'node:timers/promises';
import { Receiver, type Received } from '@nuncio/fixtures';
import { eventually } from './eventually.js';
import type { Fleet } from './fleet.js';
import { Tenant } from './tenant.js';

const TICK_MS = 50;
/** Two subscriptions, so that a record is finished when both are. */
const SUBSCRIPTIONS = 2;
/** The most deliveries that may be pending. On a machine too slow for the rate, fewer are published. */
const BEHIND_MS = 5_000;
const SLOW_MS = 400;
const FAST_MS = 10;
const CALLBACK = {
  profile: 'persona',
  timeoutMs: 30_000,
  limits: { concurrency: 200 },
  // An attempt that times out on a slow machine is repeated soon, with another number.
  retry: { delaysSeconds: Array<number>(10).fill(1), jitter: 0 },
};

/** Publishes events of one tenant at an even rate. Half the deliveries are answered after 400 ms, the others at once. */
export class Traffic {
  readonly #until = new AbortController();
  readonly #begunAt = Date.now();
  readonly #publishing: Promise<void>;
  #published = 0;
  #stoppedAt = Infinity;

  private constructor(
    private readonly tenant: Tenant,
    private readonly receiver: Receiver,
    private readonly requestsPerSecond: number,
  ) {
    this.#publishing = this.#publish();
    this.#publishing.catch(() => undefined);
  }

  static async begin(fleet: Fleet, requestsPerSecond: number): Promise<Traffic> {
    const tenant = await Tenant.create(fleet);
    const receiver = await Receiver.start();
    for (let n = 0; n < SUBSCRIPTIONS; n++) await tenant.subscribe(receiver, CALLBACK);
    receiver.answer((request) => ({ delayMs: parseInt(deliveryOf(request).slice(-1), 16) % 2 ? FAST_MS : SLOW_MS }));
    return new Traffic(tenant, receiver, requestsPerSecond);
  }

  /** The number of deliveries expected. */
  get expected(): number {
    return this.#published * SUBSCRIPTIONS;
  }

  get perSecond(): number {
    return Math.round((1_000 * this.expected) / (Math.min(this.#stoppedAt, Date.now()) - this.#begunAt));
  }

  get requests(): readonly Received[] {
    return this.receiver.requests;
  }

  /** The number of deliveries without a request. */
  get missing(): number {
    return this.expected - new Set(this.requests.map(deliveryOf)).size;
  }

  /** Requests for an attempt that had been made before, in order of arrival. */
  get repeated(): Received[] {
    const seen = new Set<string>();
    return this.requests.filter((request) => seen.size === seen.add(attemptOf(request)).size);
  }

  async stop(): Promise<void> {
    this.#until.abort();
    this.#stoppedAt = Math.min(this.#stoppedAt, Date.now());
    await this.#publishing;
  }

  /** Stops, and waits until everything has arrived and is recorded, so that no work is left; or until it is certain that it will not. */
  async settle(): Promise<void> {
    await this.stop();
    await eventually(() => {
      if (this.missing > 0) throw new Error(`${this.missing} deliveries of ${this.expected} are missing`);
    }).catch(() => undefined);
    await eventually(async () => {
      const delivered = (await this.tenant.deliveries()).filter(({ status }) => status === 'delivered').length;
      if (delivered < this.expected - this.missing) throw new Error(`${delivered} deliveries of ${this.expected} are on record`);
    });
  }

  async close(): Promise<void> {
    await this.stop();
    await this.receiver.close();
  }

  async #publish(): Promise<void> {
    const eventsPerMs = this.requestsPerSecond / SUBSCRIPTIONS / 1_000;
    let due = 0;
    let at = Date.now();
    while (!this.#until.signal.aborted) {
      const now = Date.now();
      due = Math.min(due + (now - at) * eventsPerMs, this.requests.length / SUBSCRIPTIONS + BEHIND_MS * eventsPerMs);
      at = now;
      const drafts = Array.from({ length: Math.max(0, Math.floor(due) - this.#published) }, (_, n) => ({ payload: `{"n":${this.#published + n}}` }));
      if (drafts.length > 0) await this.tenant.publish(drafts);
      this.#published += drafts.length;
      await delay(TICK_MS);
    }
  }
}

const deliveryOf = ({ headers }: Received): string => headers['x-span-id'] ?? '';

/** The delivery and the attempt's number. */
export const attemptOf = (request: Received): string => `${deliveryOf(request)} ${request.headers['persona-webhook-attempts-made'] ?? ''}`;
