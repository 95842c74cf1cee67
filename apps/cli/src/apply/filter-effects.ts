import { Refusal } from '../refusal.js';
import type { Api } from '../api.js';
import { inLanes } from './lanes.js';
import type { Planned } from './plan.js';

const DAY_MS = 86_400_000;
/** Counting reads events, so that more subscriptions than these would take minutes. */
const AT_MOST = 20;

interface Counted {
  readonly count: number;
  readonly atLeast?: true;
}

/** How many of the last day's events the new filters would have dropped, in sentences. */
export async function filterEffects(api: Api, planned: readonly Planned[], signal: AbortSignal): Promise<string[]> {
  const filtered = planned.filter(({ resource, id, changes }) => resource.kind.name === 'subscription' && id !== null && changes.some(({ pointer }) => /^\/filter(\/|$)/.test(pointer)));
  const sentences: string[] = [];
  const since = new Date(Date.now() - DAY_MS).toISOString();
  await inLanes(filtered.slice(0, AT_MOST), signal, async ({ resource, id }) => {
    const count = (suppose: object) => api.call<Counted>('POST /v1/replays', { body: { select: { events: { since }, subscription: id }, dryRun: true, suppose } });
    try {
      const [all, passing] = await Promise.all([count({ filter: null }), count({ filter: resource.body.filter ?? null })]);
      const isRough = all.atLeast ?? passing.atLeast ?? false;
      if (all.count) sentences.push(`${resource.name}: the new filter would have dropped ${isRough ? 'about ' : ''}${all.count - passing.count} of the last day's ${all.count} events.`);
    } catch (error) {
      // The plan is right without it.
      if (!(error instanceof Refusal)) throw error;
    }
  });
  const more = filtered.length - AT_MOST;
  return [...sentences.sort(), ...(more > 0 ? [`The effect of ${more} more new filters was not counted.`] : [])];
}
