import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { deliveryColumns } from '../explorer/delivery-columns.js';
import { sinceOf } from '../explorer/search.js';
import { List } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Chart } from './chart.js';
import { Failing } from './failing.js';
import { FirstSteps } from './first-steps.js';
import { LatencyPanel } from './latency-panel.js';
import { Legend } from './legend.js';
import { Providers } from './providers.js';
import { rangeOf, RANGES } from './range.js';
import { WellOrNot } from './sentence.js';
import { Tiles } from './tiles.js';
import { useCursor } from './timeline.js';
import { totalsOf } from './totals.js';
import { UnderWay } from './under-way.js';

const REFRESH_MS = 15_000;
/** A paused callback holds as many deliveries as it gets, because somebody wanted it so. */
const STUCK = { status: ['failed', 'expired', 'held', 'parked'], reason: ['!callback-paused'] } as const;
const stuckColumns = deliveryColumns(STUCK);

/** Answers: is it well, and if not, whose fault is it? */
export function Overview(): ReactElement {
  const { since, latency } = useSearch({ from: '/shell/' });
  const range = rangeOf(since);
  const cursor = useCursor();
  const navigate = useNavigate({ from: '/' });
  const stats = useQuery({
    queryKey: ['stats', range.since],
    queryFn: () => answer(api.GET('/v1/stats', { params: { query: { since: sinceOf(range.since) ?? '', step: range.step } } })),
    refetchInterval: REFRESH_MS,
  });
  const failed = usePages(['deliveries', 'failing'], (cursor) => answer(api.GET('/v1/deliveries', { params: { query: { status: [...STUCK.status], reason: [...STUCK.reason], limit: 10, ...(cursor !== undefined && { cursor }) } } })));
  const totals = stats.data && totalsOf(stats.data.items);
  return (
    <>
      <div className="head">
        <title>Overview · Nuncio</title>
        <h1 className="sentence">{totals ? <WellOrNot totals={totals} range={range} /> : stats.error ? 'The figures are not there now.' : 'Looking…'}</h1>
        <label>
          <span className="unseen">Range</span>
          <select value={range.since} onChange={({ target }) => void navigate({ search: (before) => ({ ...before, since: target.value }) })}>
            {RANGES.map(({ since, name }) => <option key={since} value={since}>{name}</option>)}
          </select>
        </label>
      </div>
      {stats.error && !stats.data && <ProblemBox error={stats.error} retry={() => void stats.refetch()} />}
      {totals?.attempts === 0 && <FirstSteps />}
      <Tiles totals={totals} range={range} />
      {(stats.data ?? !stats.error) && (
        <>
          <section className="panel">
            <header>
              <h2>Attempts</h2>
              {totals && <Legend totals={totals} search={{ since: range.since }} />}
            </header>
            <div className="inside">{stats.data ? <Chart points={stats.data.items} range={range} cursor={cursor} /> : <div className="skeleton plot" />}</div>
          </section>
          <LatencyPanel points={stats.data?.items} range={range} cursor={cursor} isEndToEnd={latency === 'end-to-end'} onEndToEnd={(isEndToEnd) => void navigate({ search: { ...(since !== undefined && { since }), ...(isEndToEnd && { latency: 'end-to-end' }) }, replace: true })} />
        </>
      )}
      <Failing range={range} />
      <div className="two">
        <Providers range={range} />
        <UnderWay />
      </div>
      <section className="panel">
        <header><h2>Lost or stuck, newest first</h2><Link to="/deliveries" search={{ status: ['failed'] }}>all that failed</Link></header>
        <List caption="Lost or stuck deliveries" pages={failed} columns={stuckColumns} keyOf={({ id }) => id} empty={<><strong>Nothing is lost, and nothing is stuck.</strong><span>What was delivered is under <Link to="/deliveries">Deliveries</Link>.</span></>} />
      </section>
    </>
  );
}
