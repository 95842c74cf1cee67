import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '@nuncio/fixtures';
import { misdeeds } from './misdeeds.js';
import { Premises } from './premises.js';

export interface Keys {
  readonly tenant: string;
  readonly consumer: string;
  readonly publisher: string;
  readonly eventType: string;
}

/** How often each misdeed was answered with which status; `-` = without an answer. */
export type Done = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Pause after a 429. Going on at once would cost the attacker little, and be refused again. */
const PAUSE_MS = 20;

/** A tenant that does all it can at once, with the keys it was given and its own servers. */
export class Attacker {
  readonly #over = new AbortController();
  readonly #done: Record<string, Record<string, number>> = {};
  #running: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly consumer: Api,
    private readonly publisher: Api,
    private readonly premises: Premises,
  ) {}

  static async prepare(consumer: Api, publisher: Api, { tenant, eventType }: Keys): Promise<Attacker> {
    return new Attacker(consumer, publisher, await Premises.open(consumer, tenant, eventType));
  }

  begin(): void {
    this.premises.turnBad();
    const { consumer, publisher, premises } = this;
    const all = misdeeds({ consumer, publisher, premises });
    this.#running = Promise.all(Object.entries(all).flatMap(([name, { sideBySide, once }]) => Array.from({ length: sideBySide }, (_, n) => this.#repeat(name, () => once(n, this.#over.signal)))));
  }

  async stop(): Promise<Done> {
    this.#over.abort();
    await this.#running;
    await this.premises.close();
    return this.#done;
  }

  async #repeat(name: string, once: () => Promise<number>): Promise<void> {
    const counts = (this.#done[name] ??= {});
    while (!this.#over.signal.aborted) {
      const status = String(await once().catch(() => '-'));
      counts[status] = (counts[status] ?? 0) + 1;
      await delay(PAUSE_MS);
    }
  }
}
