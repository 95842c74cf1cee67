import { Injectable } from '@nestjs/common';
import type { Reply } from '@nuncio/contracts';

type Of<K extends Reply['of']> = Extract<Reply, { of: K }>;

/** Matches replies with the requests of this process. Every replica reads the whole topic of replies. */
@Injectable()
export class Replies {
  readonly #waiting = new Map<string, (reply: Reply) => void>();

  /** null = no reply in time. */
  wait<K extends Reply['of']>(of: K, correlation: string, timeoutMs: number): Promise<Of<K> | null> {
    return new Promise((resolve) => {
      const settle = (reply: Of<K> | null): void => {
        clearTimeout(timer);
        this.#waiting.delete(correlation);
        resolve(reply);
      };
      const timer = setTimeout(() => {
        settle(null);
      }, timeoutMs);
      this.#waiting.set(correlation, (reply) => {
        if (reply.of === of) settle(reply as Of<K>);
      });
    });
  }

  /** Replies for other replicas are ignored. */
  receive(reply: Reply): void {
    this.#waiting.get(reply.correlation)?.(reply);
  }
}
