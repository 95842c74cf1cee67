import { setTimeout as pause } from 'node:timers/promises';
import type { EventType } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';

const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 25;

/** The event type of that name. One that was made a moment ago may still be on its way here, so that only who is wrong waits, for a second. */
export async function findEventType(view: Pick<ConfigView, 'get'>, name: string): Promise<EventType | undefined> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const found = view.get('event-type', name)?.state;
    if (found || waitedMs >= PATIENCE_MS) return found;
    await pause(LOOK_EVERY_MS);
  }
}
