import { Fault } from '@nuncio/contracts';

/** As on the wire: in order, in their spelling, repeated ones too. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

export interface Received {
  readonly method: string;
  readonly headers: HeaderLines;
  readonly body: Buffer;
}
export interface Answer {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly body: Buffer;
}

const MAX_WAITING = 64;
/** The longest timeout that a callback can have. */
const ANSWER_WITHIN_MS = 30_000;

/** The bytes of the parts whose length the sender decides. */
export const bytesOf = ({ headers, body }: Received): number => headers.reduce((bytes, [name, value]) => bytes + name.length + value.length, body.length);

interface Waiting {
  readonly id: string;
  readonly received: Received;
  readonly settle: (answer: Answer | Fault) => void;
}

/** Requests that wait for the answer of a developer's laptop. There is one reader at a time; a new reader first gets everything that waits. */
export class Listener {
  readonly #waiting = new Map<string, Waiting>();
  /** Number of requests so far; the last one is its id. */
  #count = 0;
  #reader: symbol | undefined;
  #wake = (): void => undefined;

  /** `owner`: its creator. Nobody else may read and answer. */
  constructor(readonly owner: string) {}

  get isRead(): boolean {
    return this.#reader !== undefined;
  }

  get waitingBytes(): number {
    return [...this.#waiting.values()].reduce((bytes, { received }) => bytes + bytesOf(received), 0);
  }

  /**
   * Passes a request to the reader, and resolves with its answer. Rejects with Fault `unavailable` (too many wait, or the listener has ended) or
   * `timeout`. `gone`: the sender has hung up.
   */
  ask(received: Received, gone: AbortSignal): Promise<Answer> {
    if (this.#waiting.size >= MAX_WAITING) return Promise.reject(new Fault('unavailable', `${MAX_WAITING} requests wait for this listener already.`, { retriable: true, retryAfterSeconds: 1 }));
    const id = String(++this.#count);
    return new Promise<Answer>((resolve, reject) => {
      const settle = (answer: Answer | Fault): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        if (answer instanceof Fault) reject(answer);
        else resolve(answer);
      };
      const timer = setTimeout(() => {
        settle(new Fault('timeout', 'The command that listens has not answered in time.'));
      }, ANSWER_WITHIN_MS);
      gone.addEventListener('abort', () => {
        settle(new Fault('timeout', 'The sender has hung up.'));
      });
      this.#waiting.set(id, { id, received, settle });
      this.#wake();
    });
  }

  /** Throws Fault `not-found` if the request no longer waits. */
  answer(id: string, answer: Answer): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) throw new Fault('not-found', 'This request no longer waits for an answer.');
    waiting.settle(answer);
  }

  /**
   * Yields the requests that wait, oldest first, then new ones; null after `quietMs` without any. Ends when another reader comes, or the listener
   * ends.
   */
  async *read(quietMs: number): AsyncGenerator<{ readonly id: string; readonly received: Received } | null> {
    const self = Symbol('reader');
    this.#reader = self;
    this.#wake();
    let last = 0;
    try {
      while (this.#reader === self) {
        const fresh = [...this.#waiting.values()].filter(({ id }) => Number(id) > last);
        last = this.#count;
        for (const each of fresh) yield each;
        // There must be no await between the look and this wait: a request in between would not wake the reader.
        if (fresh.length === 0 && !(await this.#comes(quietMs))) yield null;
      }
    } finally {
      if (this.#reader === self) this.#reader = undefined;
    }
  }

  end(): void {
    this.#reader = undefined;
    this.#wake();
    for (const { settle } of [...this.#waiting.values()]) settle(new Fault('unavailable', 'The command that listened has ended.', { retriable: true, retryAfterSeconds: 1 }));
  }

  #comes(quietMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve(false);
      }, quietMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
