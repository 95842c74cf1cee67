import type { Carriage, HttpVersion, Timings } from './answer.js';
import { OutboundError } from './outbound-error.js';

type Interrupt = (error: OutboundError) => void;

/**
 * One call's clock: when its phases were over, and when it ends whatever it is at. One timer serves all phases; the one that is running says how it is
 * interrupted. (Never early and at most 2 ms late, where undici's own timeouts are up to 500 ms late, and a tenth of the cost of an AbortSignal.timeout.)
 */
export class Call {
  readonly timings: Timings = { dns: null, connect: null, tls: null, firstByte: null, total: 0 };
  /** The protocol of its connection. */
  httpVersion: HttpVersion | null = null;
  /** The end of the server's certificate, epoch milliseconds, if a connection was made. */
  certificateEndsAt: number | undefined;
  #turnMs = 0;
  #startedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #interrupt: Interrupt | null = null;
  #late: (() => OutboundError | null) | null = null;
  #ended: OutboundError | null = null;

  /** `timeoutMs`: Infinity = it is ended by somebody else. */
  constructor(readonly timeoutMs: number) {
    this.#arm();
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  get carriage(): Carriage {
    return { httpVersion: this.httpVersion, turnMs: hundredths(this.#turnMs), ...(this.certificateEndsAt !== undefined && { certificateEndsAt: this.certificateEndsAt }) };
  }

  /** The phase is over: milliseconds from the start, to a hundredth. */
  mark(phase: keyof Timings): void {
    this.timings[phase] = hundredths(this.elapsedMs);
  }

  /** The result and phases of making a connection, by another clock: phases that ended before this call began do not count for it. */
  adopt({ timings, elapsedMs, certificateEndsAt }: Call): void {
    this.certificateEndsAt = certificateEndsAt;
    const offset = this.elapsedMs - elapsedMs;
    for (const phase of ['dns', 'connect', 'tls'] as const) {
      const at = timings[phase];
      if (at !== null && at + offset >= 0) this.timings[phase] = hundredths(at + offset);
    }
  }

  /** The clock stands still meanwhile: time that we take does not count as the endpoint's. */
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

  /** From now on `interrupt` is what ends the call; at once, if its end has come already. `late`: what a timeout means meanwhile, where it means something else. */
  during(interrupt: Interrupt, late: (() => OutboundError | null) | null = null): void {
    this.#interrupt = interrupt;
    this.#late = late;
    if (this.#ended) interrupt(this.meaning(this.#ended));
  }

  /** Maps an error from outside to the phase that is running. */
  meaning(error: OutboundError): OutboundError {
    return error.errorClass === 'timeout' ? (this.#late?.() ?? error) : error;
  }

  /** There is nothing left to interrupt. */
  close(): void {
    clearTimeout(this.#timer);
    this.#interrupt = null;
  }

  end(error: OutboundError): void {
    this.#ended ??= error;
    this.#interrupt?.(this.meaning(this.#ended));
  }

  #arm(): void {
    // A timer cuts its start and its length to whole milliseconds: one more, so that it is never early.
    if (this.timeoutMs !== Infinity) this.#timer = setTimeout(expire, Math.ceil(this.timeoutMs - this.elapsedMs) + 1, this);
  }
}

const hundredths = (ms: number): number => Math.round(ms * 100) / 100;

const expire = (call: Call): void => {
  call.end(new OutboundError('timeout', lateness(call)));
};

/** The phase in which its time was over. */
function lateness({ httpVersion, timings }: Call): string {
  if (httpVersion === null) return 'no connection was made in time';
  return timings.firstByte === null ? 'no answer came in time' : 'the answer was not complete in time';
}
