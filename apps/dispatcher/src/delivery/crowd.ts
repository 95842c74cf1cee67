import { setTimeout as pause } from 'node:timers/promises';
import type { Lane } from './lane.js';

const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 20;

/**
 * The lanes that one batch has crowded. The next batch of its partition waits for them a moment: a backlog is better kept in the broker than in the heap,
 * and reading it must not starve the deliveries. Bounded, since others' events may be in that batch.
 */
export class Crowd {
  readonly #lanes = new Set<Pick<Lane, 'isCrowded'>>();

  note(lane: Pick<Lane, 'isCrowded'>): void {
    if (lane.isCrowded) this.#lanes.add(lane);
  }

  /** Resolves when all of them have room, after 1 s at the latest. */
  async relief(): Promise<void> {
    for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_EVERY_MS) {
      if (![...this.#lanes].some((lane) => lane.isCrowded)) return;
      await pause(LOOK_EVERY_MS);
    }
  }
}
