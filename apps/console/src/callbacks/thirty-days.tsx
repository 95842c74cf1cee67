import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { sinceOf } from '../explorer/search.js';
import { Fact } from '../parts/fact.js';
import { number } from '../parts/numbers.js';
import { came } from './came.js';

const SINCE = '-30d';
/** It hardly changes within minutes. */
const KEPT_MS = 300_000;

/** The share of deliveries that came through, of those that were published in the last 30 days and have ended. */
export function ThirtyDays({ id }: { id: string }): ReactElement | null {
  const { data } = useQuery({
    queryKey: ['callback', id, 'thirty-days'],
    queryFn: async () => came((await answer(api.GET('/v1/stats', { params: { query: { callback: [id], since: sinceOf(SINCE) ?? '', step: 'day' } } }))).items),
    staleTime: KEPT_MS,
  });
  if (!data) return null;
  return (
    <Fact name="Last 30 days">
      {data.share === null ? <span className="soft">nothing has ended</span> : <>{data.share} <span className="soft">of {number.format(data.ended)} were delivered</span></>}
      {data.lost > 0 && <span className="in-text">, <Link to="/deliveries" search={{ callback: [id], status: ['failed', 'expired'], since: SINCE }}>{number.format(data.lost)} lost</Link></span>}
    </Fact>
  );
}
