import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { sinceOf } from '../explorer/search.js';
import { number } from '../parts/numbers.js';
import { together } from '../parts/together.js';

const SINCE = '-1d';
const LOOK_EVERY_MS = 120_000;

const deliveriesOf = together(async (eventTypes) => {
  const { items } = await answer(api.GET('/v1/stats/top', { params: { query: { eventType: eventTypes, by: 'eventType', order: 'attempts', since: sinceOf(SINCE) ?? '', limit: eventTypes.length } } }));
  return new Map(items.map(({ key, deliveries }) => [key ?? '', deliveries?.total ?? 0]));
});

/** The deliveries of an event type's events of the last 24 hours. The rows of a page ask together. */
export function Volume({ of: eventType }: { of: string }): ReactElement {
  const { data } = useQuery({ queryKey: ['event-types', 'volume', eventType], queryFn: () => deliveriesOf(eventType), refetchInterval: LOOK_EVERY_MS });
  return data ? <Link title="Deliveries of the last 24 hours" to="/deliveries" search={{ eventType: [eventType], since: SINCE }}>{number.format(data)}</Link> : <span className="soft">{data === undefined ? '' : '–'}</span>;
}
