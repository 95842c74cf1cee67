import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { sinceOf } from '../explorer/search.js';
import { Chart } from '../overview/chart.js';
import { Legend } from '../overview/legend.js';
import { rangeOf, RANGES } from '../overview/range.js';
import { useCursor } from '../overview/timeline.js';
import { totalsOf } from '../overview/totals.js';
import { ProblemBox } from '../parts/problem-box.js';

/** The attempts of a callback over time. */
export function Traffic({ id }: { id: string }): ReactElement {
  const range = rangeOf(useSearch({ from: '/shell/callbacks/$id' }).since);
  const navigate = useNavigate({ from: '/callbacks/$id' });
  const cursor = useCursor();
  const { data, error } = useQuery({
    queryKey: ['callback', id, 'stats', range.since],
    queryFn: () => answer(api.GET('/v1/stats', { params: { query: { callback: [id], since: sinceOf(range.since) ?? '', step: range.step } } })),
    refetchInterval: 15_000,
  });
  return (
    <section className="panel">
      <header>
        <h2>Attempts</h2>
        {data && <Legend totals={totalsOf(data.items)} search={{ callback: [id], since: range.since }} />}
        <label className="at-end">
          <span className="unseen">Range</span>
          <select value={range.since} onChange={({ target }) => void navigate({ search: (before) => ({ ...before, since: target.value }), replace: true })}>
            {RANGES.map(({ since, name }) => <option key={since} value={since}>{name}</option>)}
          </select>
        </label>
      </header>
      <div className="inside">{error && !data ? <ProblemBox error={error} /> : data ? <Chart points={data.items} range={range} cursor={cursor} search={{ callback: [id] }} /> : <div className="skeleton plot" />}</div>
    </section>
  );
}
