import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { deliveryColumns } from '../explorer/delivery-columns.js';
import { List } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Chart } from './chart.js';
import { totalsOf, type Totals } from './totals.js';

const REFRESH_MS = 15_000;
const WAITING = ['pending', 'held', 'parked'] as const;

const number = new Intl.NumberFormat('en-GB');
const share = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });

/** Is it well, and if not, what fails. */
export function Overview(): ReactElement {
  const stats = useQuery({ queryKey: ['stats'], queryFn: () => answer(api.GET('/v1/stats', {})), refetchInterval: REFRESH_MS });
  const waiting = useQuery({ queryKey: ['waiting'], queryFn: () => Promise.all(WAITING.map(countOf)), refetchInterval: REFRESH_MS });
  const failed = usePages(['deliveries', 'failing'], (cursor) => answer(api.GET('/v1/deliveries', { params: { query: { status: ['failed', 'pending', 'held', 'parked'], limit: 15, ...(cursor !== undefined && { cursor }) } } })));
  const totals = stats.data && totalsOf(stats.data.items);
  return (
    <>
      <div className="head">
        <h1 className="sentence">{totals ? sentenceOf(totals) : stats.error ? 'The figures are not there now.' : 'Looking…'}</h1>
      </div>
      {stats.error && !stats.data && <ProblemBox error={stats.error} retry={() => void stats.refetch()} />}
      <div className="tiles">
        <Tile name="Attempts in the last hour" value={totals && number.format(totals.attempts)} />
        <Tile name="Delivered" value={totals?.attempts ? share.format(totals.delivered / totals.attempts) : undefined} />
        {WAITING.map((status, i) => (
          <Tile key={status} name={`Deliveries ${status}`} value={waiting.data?.[i] && `${waiting.data[i].exact ? '' : '≈ '}${number.format(waiting.data[i].value)}`} status={status} />
        ))}
      </div>
      <section className="panel">
        <header><h2>Attempts a minute</h2><span className="soft">last hour</span></header>
        <div className="inside">{stats.data ? <Chart points={stats.data.items} /> : <div className="skeleton" />}</div>
      </section>
      {totals && totals.failures.length > 0 && (
        <section className="panel">
          <header><h2>Failed attempts by error</h2></header>
          <ul className="inside legend">
            {totals.failures.map(([name, count]) => (
              <li key={name}><Link to="/attempts" search={{ status: ['failed'], errorClass: [name], since: '-1h' }}>{name}</Link> {number.format(count)}</li>
            ))}
          </ul>
        </section>
      )}
      <section className="panel">
        <header><h2>Failed or waiting, newest first</h2></header>
        <List caption="Failed or waiting deliveries" pages={failed} columns={deliveryColumns} keyOf={({ id }) => id} empty={<><strong>Nothing fails, and nothing waits.</strong><span>What was delivered is under <Link to="/deliveries">Deliveries</Link>.</span></>} />
      </section>
    </>
  );
}

const countOf = async (status: (typeof WAITING)[number]): Promise<{ value: number; exact: boolean } | undefined> => (await answer(api.GET('/v1/deliveries', { params: { query: { status: [status], count: 'true', limit: 1 } } }))).count;

const sentenceOf = ({ attempts, delivered }: Totals): string =>
  attempts === 0 ? 'Nothing was attempted in the last hour.' : `${share.format(delivered / attempts)} of ${number.format(attempts)} attempts in the last hour were delivered.`;

const Tile = ({ name, value, status }: { name: string; value: string | undefined; status?: Schemas['Delivery']['status'] }): ReactElement => (
  <div className="tile">
    <b>{value ?? '–'}</b>
    {status ? <Link to="/deliveries" search={{ status: [status] }}>{name}</Link> : <span className="soft">{name}</span>}
  </div>
);
