import { Injectable } from '@nestjs/common';
import type { Reply } from '@nuncio/contracts';

type Of<K extends Reply['of']> = Extract<Reply, { of: K }>;

/** What this process waits for on the topic of replies, which every replica reads whole. */
@Injectable()
export class Replies {
  readonly #waiting = new Map<string, (reply: Reply) => void>();

  /** null = nobody answered in time. */
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

  /** Others' replies go by. */
  receive(reply: Reply): void {
    this.#waiting.get(reply.correlation)?.(reply);
  }
}
