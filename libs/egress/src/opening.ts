import { Call } from './call.js';
import type { Turn } from './handshakes.js';
import { OutboundError } from './outbound-error.js';

/**
 * A connection that is being opened. It has a clock of its own, and ends with the last request that waits for it. Requests may join it, since one
 * HTTP/2 connection serves many.
 */
export class Opening<C> {
  readonly #call = new Call(Infinity);
  readonly #connection: Promise<C>;
  #waiting = 0;
  #owner: Call | null = null;
  #over = false;
  #onOver: () => void = () => undefined;

  /** `unwanted`: called with a connection whose owner has left. */
  constructor(
    private readonly turn: Turn | null,
    connect: (call: Call) => Promise<C>,
    unwanted: (connection: C) => void,
  ) {
    this.#connection = this.#open(connect);
    this.#connection.then(
      (connection) => {
        if (this.#owner === null) unwanted(connection);
      },
      () => undefined,
    );
  }

  /** Whether there is nothing to wait for any more. */
  get over(): boolean {
    return this.#over;
  }

  onOver(listener: () => void): void {
    this.#onOver = listener;
  }

  /** The connection, for the first request that waits for it; null for those that joined. Rejects with an OutboundError. */
  async wait(call: Call): Promise<C | null> {
    const isOwner = this.#waiting++ === 0 && this.#owner === null;
    if (isOwner) this.#owner = call;
    let ended: OutboundError | null = null;
    try {
      if (this.turn) await call.pause(inTime(this.turn.granted));
      const connection = await new Promise<C>((fulfil, reject) => {
        call.during((error) => {
          ended = error;
          reject(this.#call.meaning(error));
        });
        this.#connection.then(fulfil, reject);
      });
      return isOwner ? connection : null;
    } catch (error) {
      if (isOwner) this.#owner = null;
      throw error;
    } finally {
      call.adopt(this.#call);
      if (--this.#waiting === 0) this.#abandon(ended);
    }
  }

  async #open(connect: (call: Call) => Promise<C>): Promise<C> {
    try {
      if (this.turn) await this.#call.pause(this.turn.granted);
      return await connect(this.#call);
    } finally {
      this.#end();
      this.#call.close();
    }
  }

  #abandon(error: OutboundError | null): void {
    if (this.#over) return;
    this.#call.end(error ?? NOBODY_WAITS);
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.turn?.leave();
    this.#onOver();
  }
}

const NOBODY_WAITS = new OutboundError('internal', 'nobody waits for the connection');

/** The longest timeout of a request. A delivery that would wait longer is better held. */
const LONGEST_WAIT_MS = 30_000;

/** If the turn does not come in time, that is no fault of the endpoint. */
async function inTime(granted: Promise<unknown>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new OutboundError('internal', 'there was no slot for a TLS handshake in time'));
  }, LONGEST_WAIT_MS);
  try {
    await Promise.race([granted, promise]);
  } finally {
    clearTimeout(timer);
  }
}
