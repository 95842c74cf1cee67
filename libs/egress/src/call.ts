import type { Carriage, HttpVersion, Timings } from './answer.js';
import { OutboundError } from './outbound-error.js';

type Interrupt = (error: OutboundError) => void;

/**
 * The clock of one call: when each phase ended, and when its time is up. A single timer serves all phases; the present phase says how to interrupt
 * it. (Never early, at most 2 ms late, and a tenth of the cost of an AbortSignal.timeout; undici's own timeouts are up to 500 ms late.)
 */
export class Call {
  readonly timings: Timings = { dns: null, connect: null, tls: null, firstByte: null, total: 0 };
  /** The protocol of its connection. */
  httpVersion: HttpVersion | null = null;
  /** When the server's certificate ends, epoch milliseconds, if a connection was made. */
  certificateEndsAt: number | undefined;
  #turnMs = 0;
  #startedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #interrupt: Interrupt | null = null;
  #late: (() => OutboundError | null) | null = null;
  #ended: OutboundError | null = null;

  /** `timeoutMs`: Infinity = somebody else ends the call. */
  constructor(readonly timeoutMs: number) {
    this.#arm();
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  get carriage(): Carriage {
    return { httpVersion: this.httpVersion, turnMs: hundredths(this.#turnMs), ...(this.certificateEndsAt !== undefined && { certificateEndsAt: this.certificateEndsAt }) };
  }

  /** Marks the end of a phase: milliseconds from the start, to a hundredth. */
  mark(phase: keyof Timings): void {
    this.timings[phase] = hundredths(this.elapsedMs);
  }

  /**
   * Takes over result and phases of a connection that was opened under another clock. Phases that ended before this call began do not count for it.
   */
  adopt({ timings, elapsedMs, certificateEndsAt }: Call): void {
    this.certificateEndsAt = certificateEndsAt;
    const offset = this.elapsedMs - elapsedMs;
    for (const phase of ['dns', 'connect', 'tls'] as const) {
      const at = timings[phase];
      if (at !== null && at + offset >= 0) this.timings[phase] = hundredths(at + offset);
    }
  }

  /** Stops the clock while waiting: time that Nuncio takes does not count as the endpoint's. */
  async pause(wait: Promise<unknown>): Promise<void> {
    clearTimeout(this.#timer);
    const from = performance.now();
    try {
      await wait;
    } finally {
      const waited = performance.now() - from;
      this.#turnMs += waited;
      this.#startedAt += waited;
      this.#arm();
    }
  }

  /**
   * Sets how the call is interrupted from now on; at once if its time is up. `late`: the error that a timeout means in this phase, if it is a special
   * one.
   */
  during(interrupt: Interrupt, late: (() => OutboundError | null) | null = null): void {
    this.#interrupt = interrupt;
    this.#late = late;
    if (this.#ended) interrupt(this.meaning(this.#ended));
  }

  /** The error as the present phase understands it. */
  meaning(error: OutboundError): OutboundError {
    return error.errorClass === 'timeout' ? (this.#late?.() ?? error) : error;
  }

  /** Called when there is nothing left to interrupt. */
  close(): void {
    clearTimeout(this.#timer);
    this.#interrupt = null;
  }

  end(error: OutboundError): void {
    this.#ended ??= error;
    this.#interrupt?.(this.meaning(this.#ended));
  }

  #arm(): void {
    // A timer truncates start and length to whole milliseconds. One more, so that it is never early.
    if (this.timeoutMs !== Infinity) this.#timer = setTimeout(expire, Math.ceil(this.timeoutMs - this.elapsedMs) + 1, this);
  }
}

const hundredths = (ms: number): number => Math.round(ms * 100) / 100;

const expire = (call: Call): void => {
  call.end(new OutboundError('timeout', lateness(call)));
};

/** A sentence on the phase in which the time was up. */
function lateness({ httpVersion, timings }: Call): string {
  if (httpVersion === null) return 'no connection was made in time';
  return timings.firstByte === null ? 'no answer came in time' : 'the answer was not complete in time';
}
