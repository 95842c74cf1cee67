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

/** What the process of an attacker is told. */
export type Order = { readonly do: 'begin'; readonly only?: string } | { readonly do: 'stop' };

/** How often each misdeed was answered with which status; `-` = without an answer. */
export type Done = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Pause after a 429. Going on at once would cost the attacker little, and be refused again. */
const PAUSE_MS = 20;

/** A tenant that does all it can at once, with the keys it was given and its own servers. */
export class Attacker {
  #over = new AbortController();
  #done: Record<string, Record<string, number>> = {};
  #running: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly consumer: Api,
    readonly publisher: Api,
    readonly premises: Premises,
  ) {}

  static async prepare(consumer: Api, publisher: Api, keys: Keys): Promise<Attacker> {
    return new Attacker(consumer, publisher, await Premises.open(consumer, publisher, keys));
  }

  get misdeeds(): string[] {
    return Object.keys(misdeeds(this));
  }

  /** `only`: this misdeed alone; what its receivers do is none of it. */
  begin(only?: string): void {
    if (only === undefined) this.premises.turnBad();
    this.#over = new AbortController();
    this.#done = {};
    const all = Object.entries(misdeeds(this)).filter(([name]) => only === undefined || name === only);
    const { signal } = this.#over;
    this.#running = Promise.all(all.flatMap(([name, { sideBySide, once }]) => Array.from({ length: sideBySide }, (_, n) => this.#repeat(name, signal, () => once(n, signal)))));
  }

  async stop(): Promise<Done> {
    this.#over.abort();
    await this.#running;
    return this.#done;
  }

  async #repeat(name: string, over: AbortSignal, once: () => Promise<number>): Promise<void> {
    const counts = (this.#done[name] ??= {});
    while (!over.aborted) {
      const status = String(await once().catch(() => '-'));
      counts[status] = (counts[status] ?? 0) + 1;
      await delay(PAUSE_MS);
    }
  }
}
