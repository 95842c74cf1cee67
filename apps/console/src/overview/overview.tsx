import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { deliveryColumns } from '../explorer/delivery-columns.js';
import { sinceOf } from '../explorer/search.js';
import { List } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { ProblemBox } from '../parts/problem-box.js';
import { duration } from '../parts/time.js';
import { Chart } from './chart.js';
import { Failing } from './failing.js';
import { Providers } from './providers.js';
import { rangeOf, RANGES, type Range } from './range.js';
import { totalsOf, type Totals } from './totals.js';

const REFRESH_MS = 15_000;
const WAITING = ['pending', 'held', 'parked'] as const;

const number = new Intl.NumberFormat('en-GB');
const share = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });

/** Is it well, and if not, whose fault is it. */
export function Overview(): ReactElement {
  const range = rangeOf(useSearch({ from: '/shell/' }).since);
  const navigate = useNavigate({ from: '/' });
  const stats = useQuery({
    queryKey: ['stats', range.since],
    queryFn: () => answer(api.GET('/v1/stats', { params: { query: { since: sinceOf(range.since) ?? '', step: range.step } } })),
    refetchInterval: REFRESH_MS,
  });
  const waiting = useQuery({ queryKey: ['waiting'], queryFn: () => answer(api.GET('/v1/stats/backlog')), refetchInterval: REFRESH_MS });
  const failed = usePages(['deliveries', 'failing'], (cursor) => answer(api.GET('/v1/deliveries', { params: { query: { status: ['failed', 'expired', 'held', 'parked'], limit: 10, ...(cursor !== undefined && { cursor }) } } })));
  const totals = stats.data && totalsOf(stats.data.items);
  return (
    <>
      <div className="head">
        <title>Overview · Nuncio</title>
        <h1 className="sentence">{totals ? sentenceOf(totals, range) : stats.error ? 'The figures are not there now.' : 'Looking…'}</h1>
        <label>
          <span className="unseen">Range</span>
          <select value={range.since} onChange={({ target }) => void navigate({ search: { since: target.value } })}>
            {RANGES.map(({ since, name }) => <option key={since} value={since}>{name}</option>)}
          </select>
        </label>
      </div>
      {stats.error && !stats.data && <ProblemBox error={stats.error} retry={() => void stats.refetch()} />}
      <div className="tiles">
        <Tile name="Attempts" value={totals && number.format(totals.attempts)} />
        <Tile name="Delivered" value={totals?.attempts ? share.format(totals.delivered / totals.attempts) : undefined} />
        <Tile name="p95, newest step" value={totals?.p95 == null ? undefined : duration(totals.p95)} />
        {WAITING.map((status) => (
          <Tile key={status} name={status.charAt(0).toUpperCase() + status.slice(1)} value={waiting.data && `${waiting.data[status].exact ? '' : '≈ '}${number.format(waiting.data[status].count)}`} status={status} />
        ))}
      </div>
      <section className="panel">
        <header>
          <h2>Attempts</h2>
          <ul className="legend">
            <li><i className="ok" />delivered</li>
            {totals?.failures.map(([name, count]) => (
              <li key={name}><i className="ko" /><Link to="/attempts" search={{ status: ['failed'], errorClass: [name], since: range.since }}>{name}</Link> {number.format(count)}</li>
            ))}
          </ul>
        </header>
        <div className="inside">{stats.data ? <Chart points={stats.data.items} range={range} /> : <div className="skeleton" />}</div>
      </section>
      <div className="two">
        <Failing range={range} />
        <Providers range={range} />
      </div>
      <section className="panel">
        <header><h2>Lost or stuck, newest first</h2><Link to="/deliveries" search={{ status: ['failed'] }}>all that failed</Link></header>
        <List caption="Lost or stuck deliveries" pages={failed} columns={deliveryColumns} keyOf={({ id }) => id} empty={<><strong>Nothing is lost, and nothing is stuck.</strong><span>What was delivered is under <Link to="/deliveries">Deliveries</Link>.</span></>} />
      </section>
    </>
  );
}

const sentenceOf = ({ attempts, delivered, failures }: Totals, { name }: Range): string =>
  attempts === 0 ? `Nothing was attempted in the ${name}.` : `${share.format(delivered / attempts)} of ${number.format(attempts)} attempts in the ${name} were delivered${failures[0] ? `; most failures are “${failures[0][0]}”` : ''}.`;

const Tile = ({ name, value, status }: { name: string; value: string | undefined; status?: Schemas['Delivery']['status'] }): ReactElement => (
  <div className="tile">
    {status ? <Link to="/deliveries" search={{ status: [status] }}>{name}</Link> : <span className="soft">{name}</span>}
    <b>{value ?? '–'}</b>
  </div>
);
