import { setTimeout as pause } from 'node:timers/promises';
import type { EventType } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';

const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 25;

type View = Pick<ConfigView, 'get'>;

/** The event types of these names that there are. One that was made a moment ago may still be on its way here, so that only who is wrong waits, for a second. */
export function findEventTypes(view: View, names: ReadonlySet<string>): ReadonlyMap<string, EventType> | Promise<ReadonlyMap<string, EventType>> {
  const found = known(view, names);
  return found.size === names.size ? found : awaitAll(view, names);
}

async function awaitAll(view: View, names: ReadonlySet<string>): Promise<ReadonlyMap<string, EventType>> {
  for (let waitedMs = LOOK_EVERY_MS; ; waitedMs += LOOK_EVERY_MS) {
    await pause(LOOK_EVERY_MS);
    const found = known(view, names);
    if (found.size === names.size || waitedMs >= PATIENCE_MS) return found;
  }
}

function known(view: View, names: ReadonlySet<string>): Map<string, EventType> {
  const found = new Map<string, EventType>();
  for (const name of names) {
    const type = view.get('event-type', name);
    if (type) found.set(name, type.state);
  }
  return found;
}
