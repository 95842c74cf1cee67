import { setTimeout as delay } from 'node:timers/promises';
import type { Services } from '@nuncio/embedded';
import { Chance } from '../chaos/chance.js';
import { observe } from '../chaos/run.js';
import type { Violation } from '../chaos/checker.js';
import type { Fleet } from '../fleet/fleet.js';

/** Services with two processes, so that old and new ones share their work. */
const TWICE = ['config-service', 'token-service', 'dispatcher', 'attempt-log'] as const;

interface Rolling {
  readonly accepted: number;
  readonly requests: number;
  readonly attempts: number;
  /** The number of processes that were replaced. */
  readonly replaced: number;
  /** Records in quarantine at the end; there should be none. */
  readonly quarantined: string[];
  readonly violations: readonly Violation[];
}

interface Installed {
  readonly fleet: Fleet;
  /** Started from the former workspace, with `restart: false`. */
  readonly services: Services;
}

/**
 * Replaces every process by one of the new release, one after another in an order given by the seed, then all back, and forward again, while events
 * are delivered.
 */
export async function rolling({ fleet, services }: Installed, workspaces: { readonly former: string; readonly present: string }, seed: number, pauseMs: number): Promise<Rolling> {
  const chance = new Chance(seed);
  const { former, present } = workspaces;
  const added = [];
  for (const kind of TWICE) added.push(await services.add(kind));
  const names = [...TWICE, 'gateway', ...added];
  let replaced = 0;
  const { history, violations } = await observe(fleet, seed, async () => {
    await delay(pauseMs);
    await services.prepare(present);
    for (const workspace of [present, former, present])
      for (const name of chance.shuffled(names)) {
        await services.replace(name, workspace);
        replaced += 1;
        await delay(pauseMs);
      }
  });
  const quarantine = await fleet.cluster.read('quarantine');
  return {
    accepted: history.published.filter(({ acceptedAt }) => acceptedAt !== null).length,
    requests: history.arrived.length,
    attempts: history.attempted.length,
    replaced,
    quarantined: quarantine.map(({ headers }) => String(headers?.['nuncio-grave'])),
    violations,
  };
}
