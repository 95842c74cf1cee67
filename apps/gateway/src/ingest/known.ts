import { setTimeout as pause } from 'node:timers/promises';
import type { EventType } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';

const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 25;

type View = Pick<ConfigView, 'get'>;

/** The event types and tenants that events name, as far as they exist. */
interface Names {
  readonly types: ReadonlySet<string>;
  readonly tenants: ReadonlySet<string>;
}
interface Known {
  readonly types: ReadonlyMap<string, EventType>;
  readonly tenants: ReadonlySet<string>;
}

/**
 * Those of the named event types and tenants that exist. One that was just created may not have arrived here yet, so a missing one is waited for, up
 * to a second.
 */
export function findKnown(view: View, names: Names): Known | Promise<Known> {
  const found = known(view, names);
  return isAll(found, names) ? found : awaitAll(view, names);
}

async function awaitAll(view: View, names: Names): Promise<Known> {
  for (let waitedMs = LOOK_EVERY_MS; ; waitedMs += LOOK_EVERY_MS) {
    await pause(LOOK_EVERY_MS);
    const found = known(view, names);
    if (isAll(found, names) || waitedMs >= PATIENCE_MS) return found;
  }
}

const isAll = (found: Known, names: Names): boolean => found.types.size === names.types.size && found.tenants.size === names.tenants.size;

function known(view: View, names: Names): Known {
  const types = new Map<string, EventType>();
  for (const name of names.types) {
    const type = view.get('event-type', name);
    if (type) types.set(name, type.state);
  }
  return { types, tenants: new Set([...names.tenants].filter((name) => view.get('tenant', name))) };
}
