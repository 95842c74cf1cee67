import type { Timings } from './answer.js';
import { OutboundError } from './outbound-error.js';

type Interrupt = (error: OutboundError) => void;

/**
 * One call's clock: when its phases were over, and when it ends whatever it is at. One timer serves all phases; the one that is running says how it is
 * interrupted. (Exact to the timer's 1–2 ms, where undici's own timeouts are up to 500 ms late, and a tenth of the cost of an AbortSignal.timeout.)
 */
export class Call {
  readonly timings: Timings = { dns: null, connect: null, tls: null, firstByte: null, total: 0 };
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  #interrupt: Interrupt | null = null;
  #ended: OutboundError | null = null;

  constructor(timeoutMs: number) {
    this.#timer = setTimeout(expire, timeoutMs, this);
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** The phase is over: milliseconds from the start, to a hundredth. */
  mark(phase: keyof Timings): void {
    this.timings[phase] = Math.round(this.elapsedMs * 100) / 100;
  }

  /** From now on `interrupt` is what ends the call; at once, if its end has come already. */
  during(interrupt: Interrupt): void {
    this.#interrupt = interrupt;
    if (this.#ended) interrupt(this.#ended);
  }

  /** There is nothing left to interrupt. */
  close(): void {
    clearTimeout(this.#timer);
    this.#interrupt = null;
  }

  end(error: OutboundError): void {
    this.#ended ??= error;
    this.#interrupt?.(this.#ended);
  }
}

const expire = (call: Call): void => {
  call.end(new OutboundError('timeout', 'no complete answer in time'));
};
