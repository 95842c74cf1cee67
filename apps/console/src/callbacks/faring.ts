import { useQuery } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api/client.js';
import { sinceOf } from '../explorer/search.js';
import { together } from '../parts/together.js';

const LOOK_EVERY_MS = 15_000;
/** The trend is by the hour. */
const TREND_EVERY_MS = 120_000;

const healthOf = together(async (ids) => {
  const { items } = await answer(api.GET('/v1/callbacks/health', { params: { query: { id: ids, limit: 100 } } }));
  return new Map(items.map((health) => [health.callback, health]));
});

const trendOf = together(async (ids) => {
  const { items } = await answer(api.GET('/v1/stats', { params: { query: { callback: ids, by: 'callback', since: sinceOf('-1d') ?? '', step: 'hour', limit: ids.length } } }));
  return Map.groupBy(items, ({ key }) => key ?? '');
});

/** How a callback in a list fares. The rows of a page ask together, also each time they look again. */
export const useHealth = (id: string): Schemas['CallbackHealth'] | null | undefined => useQuery({ queryKey: ['callbacks', 'health', id], queryFn: () => healthOf(id), refetchInterval: LOOK_EVERY_MS }).data;

/** Its attempts in the last 24 hours, by the hour; null = there was none. */
export const useTrend = (id: string): readonly Schemas['StatsPoint'][] | null | undefined => useQuery({ queryKey: ['callbacks', 'trend', id], queryFn: () => trendOf(id), refetchInterval: TREND_EVERY_MS }).data;
