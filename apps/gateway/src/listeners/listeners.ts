import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { callerOf, Fault, type Principal } from '@nuncio/contracts';
import { ListenerIds } from './listener-ids.js';
import { bytesOf, Listener, type Answer, type Received } from './listener.js';

/** Apart from the first listener of each tenant, which is always allowed. */
const MAX_LISTENERS = 100;
const MAX_OF_CALLER = 5;
const MAX_OF_TENANT = 20;
/**
 * Limits for the bytes of waiting requests: in this process, and per tenant. Tenants that listen have equal shares, and one more share stays free for
 * the next tenant. Callers without a tenant count as one tenant.
 */
const MAX_WAITING_BYTES = 67_108_864;
const MAX_WAITING_BYTES_OF_TENANT = 16_777_216;
/** A listener without a reader ends after this time, since its command is gone. */
const UNREAD_FOR_MS = 30_000;
const LOOK_EVERY_MS = 5_000;
/** Within this time after a restart of the gateway, a running command has opened a new listener and edited its callback. */
const MOVED_WITHIN_SECONDS = 120;

type Asking = Pick<Principal, 'id' | 'tenant' | 'madeBy'>;

interface Open {
  readonly listener: Listener;
  readonly tenant: string | null;
  readSince: number;
}

/** Bytes that may wait for one tenant, if this many tenants listen. */
const shareAmong = (tenants: number): number => Math.min(MAX_WAITING_BYTES_OF_TENANT, MAX_WAITING_BYTES / (tenants + 1));

const bytesIn = (listeners: readonly Open[]): number => listeners.reduce((sum, { listener }) => sum + listener.waitingBytes, 0);

/** The listeners of this process. They exist in memory only, and end with it. */
@Injectable()
export class Listeners implements BeforeApplicationShutdown {
  readonly #open = new Map<string, Open>();
  readonly #timer = setInterval(() => {
    this.#endUnread(performance.now());
  }, LOOK_EVERY_MS).unref();

  constructor(readonly ids: ListenerIds) {}

  /** Throws Fault `too-many-requests` or `unavailable`. */
  open(caller: Asking): string {
    const others = [...this.#open.values()];
    const isFirst = !others.some(({ tenant }) => tenant === caller.tenant);
    if (!isFirst && others.length >= MAX_LISTENERS) throw new Fault('unavailable', `There are ${MAX_LISTENERS} listeners already.`, { retriable: true, retryAfterSeconds: 30 });
    const isTooMany = others.filter(({ listener }) => listener.owner === callerOf(caller)).length >= MAX_OF_CALLER || (caller.tenant !== null && others.filter(({ tenant }) => tenant === caller.tenant).length >= MAX_OF_TENANT);
    if (isTooMany) throw new Fault('too-many-requests', `A caller may have ${MAX_OF_CALLER} listeners, and a tenant ${MAX_OF_TENANT}: end one first.`, { retriable: true, retryAfterSeconds: 30 });
    const id = this.ids.next();
    this.#open.set(id, { listener: new Listener(callerOf(caller)), tenant: caller.tenant, readSince: performance.now() });
    return id;
  }

  /** The caller's listener. Throws Fault `not-found`. */
  of(caller: Asking, id: string): Listener {
    const listener = this.#open.get(id)?.listener;
    if (listener?.owner !== callerOf(caller)) throw new Fault('not-found', 'There is no such listener.');
    return listener;
  }

  close(caller: Asking, id: string): void {
    this.of(caller, id).end();
    this.#open.delete(id);
  }

  /** Passes a request of any sender to a listener, and resolves with its answer; null = the listener has ended. Rejects as `Listener.ask` does. */
  async ask(id: string, received: Received, gone: AbortSignal): Promise<Answer | null> {
    const open = this.#open.get(id);
    if (!open) {
      if (process.uptime() > MOVED_WITHIN_SECONDS) return null;
      throw new Fault('unavailable', 'The command that listens is connecting again; try again in a moment.', { retriable: true, retryAfterSeconds: 5 });
    }
    const all = [...this.#open.values()];
    const waiting = bytesIn(all.filter(({ tenant }) => tenant === open.tenant));
    const isTooMuch = bytesIn(all) + bytesOf(received) > MAX_WAITING_BYTES || (waiting > 0 && waiting + bytesOf(received) > shareAmong(new Set(all.map(({ tenant }) => tenant)).size));
    if (isTooMuch) throw new Fault('unavailable', 'Too many bytes wait for listeners; try again in a moment.', { retriable: true, retryAfterSeconds: 1 });
    return open.listener.ask(received, gone);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
    for (const { listener } of this.#open.values()) listener.end();
    this.#open.clear();
  }

  #endUnread(now: number): void {
    for (const [id, open] of this.#open) {
      if (open.listener.isRead) open.readSince = now;
      else if (now - open.readSince > UNREAD_FOR_MS) {
        open.listener.end();
        this.#open.delete(id);
      }
    }
  }
}
