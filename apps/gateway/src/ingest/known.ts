import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 25;

/** Waits up to a second until all event types and tenants that events name are known: one that was just created may not have arrived here yet. */
export async function untilKnown(areKnown: () => boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS && !areKnown(); waitedMs += LOOK_EVERY_MS) await pause(LOOK_EVERY_MS);
}
