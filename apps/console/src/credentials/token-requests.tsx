import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { sinceOf } from '../explorer/search.js';
import { Bars, type Counted } from '../overview/chart.js';
import { Percentiles } from '../overview/latency.js';
import { Legend } from '../overview/legend.js';
import { OBTAINED } from '../overview/outcomes.js';
import { rangeOf, RANGES } from '../overview/range.js';
import { useCursor } from '../overview/timeline.js';
import { outcomesOf } from '../overview/totals.js';
import { ProblemBox } from '../parts/problem-box.js';

/** The token requests of a credential over time: how many had a token, how the others failed, and how long they took. */
export function TokenRequests({ id }: { id: string }): ReactElement {
  const range = rangeOf(useSearch({ from: '/shell/credentials/$id' }).since ?? '-1d');
  const navigate = useNavigate({ from: '/credentials/$id' });
  const cursor = useCursor();
  const { data, error, refetch } = useQuery({
    queryKey: ['credential', id, 'token-requests', range.since],
    queryFn: async () => (await answer(api.GET('/v1/stats/token-requests', { params: { query: { credential: [id], since: sinceOf(range.since) ?? '', step: range.step } } }))).items,
    refetchInterval: 15_000,
  });
  const points = data?.map(toCounted) ?? [];
  return (
    <section className="panel">
      <header>
        <h2>Token requests</h2>
        {points.length > 0 && <Legend totals={outcomesOf(points, OBTAINED)} search={null} success={OBTAINED} />}
        <label className="at-end">
          <span className="unseen">Range</span>
          <select value={range.since} onChange={({ target }) => void navigate({ search: { since: target.value }, replace: true })}>
            {RANGES.map(({ since, name }) => <option key={since} value={since}>{name}</option>)}
          </select>
        </label>
      </header>
      {error && !data ? <div className="inside"><ProblemBox error={error} retry={() => void refetch()} /></div> : !data ? <div className="inside"><div className="skeleton plot" /></div> : data.length === 0 ? <div className="empty"><strong>No token was asked for in the {range.name}.</strong><span>A token is kept while it lives, and shared by all callbacks that use this credential.</span></div> : (
        <div className="inside stack">
          <Bars name="Token requests" many="token requests" points={points} range={range} cursor={cursor} search={null} />
          <Percentiles name="Latency of token requests" points={data.map(({ at, latencyMs }) => ({ at, ms: latencyMs }))} range={range} cursor={cursor} search={null} />
        </div>
      )}
    </section>
  );
}

/** The API calls a success `token`, which is also the error class of an attempt without one. */
const toCounted = ({ at, requests, outcomes: { token = 0, ...failures } }: Schemas['TokenStatsPoint']): Counted => ({ at, count: requests, outcomes: { ...(token > 0 && { [OBTAINED]: token }), ...failures } });
