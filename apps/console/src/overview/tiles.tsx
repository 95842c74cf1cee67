import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { number, share } from '../parts/numbers.js';
import { duration } from '../parts/time.js';
import type { Range } from './range.js';
import type { Totals } from './totals.js';

const REFRESH_MS = 15_000;
const WAITING = ['pending', 'held', 'parked'] as const;

/** The figures of the range, and of what waits now. */
export function Tiles({ totals, range }: { totals: Totals | undefined; range: Range }): ReactElement {
  const { data } = useQuery({ queryKey: ['waiting'], queryFn: () => answer(api.GET('/v1/stats/backlog')), refetchInterval: REFRESH_MS });
  const due = data?.due.find(({ within }) => within === 'PT1H');
  return (
    <div className="tiles">
      <Tile name="Attempts" value={totals && number.format(totals.attempts)}>{totals && `${number.format(Math.round((totals.attempts / range.steps) * 10) / 10)} ${range.each}`}</Tile>
      <Tile name="Delivered" value={totals?.attempts ? share.format(totals.delivered / totals.attempts) : undefined}>
        {totals && totals.attempts > totals.delivered && <Link to="/attempts" search={{ status: ['failed'], since: range.since }}>{number.format(totals.attempts - totals.delivered)} failed</Link>}
      </Tile>
      <Tile name="Attempt, p95" about={`Of the newest ${range.step} with an attempt`} value={inMs(totals?.latency.p95)}>{totals && <BeyondP95 of={totals.latency} range={range} />}</Tile>
      <Tile name="End to end, p95" about={`From publication to delivery, of the newest ${range.step} with one`} value={inMs(totals?.endToEnd?.p95)}>{totals?.endToEnd && <BeyondP95 of={totals.endToEnd} range={range} />}</Tile>
      <Tile name="Waiting" value={data && counted(sumOf(data))}>
        {data && WAITING.filter((status) => data[status].count > 0).map((status) => <Link key={status} to="/deliveries" search={{ status: [status] }}>{counted(data[status])} {status}</Link>)}
      </Tile>
      <Tile name="Oldest waits" value={data && (oldestOf(data) === null ? 'none' : duration(Date.now() - Date.parse(oldestOf(data) ?? '')))}>{due && `${counted(due)} due in 1 h`}</Tile>
    </div>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string | undefined;
  readonly about?: string;
  readonly children: ReactNode;
}

const Tile = ({ name, value, about, children }: TileProps): ReactElement => (
  <div className="tile" title={about}>
    <span className="soft">{name}</span>
    <b>{value ?? '–'}</b>
    <span className="more">{children}</span>
  </div>
);

interface Counted {
  readonly count: number;
  readonly exact: boolean;
}

const BeyondP95 = ({ of: { p99 }, range }: { of: Totals['latency']; range: Range }): ReactElement | null => (p99 === null ? null : <>p99 {duration(p99)} <span>newest {range.step}</span></>);

const inMs = (ms: number | null | undefined): string | undefined => (ms == null ? undefined : duration(ms));

const counted = ({ count, exact }: Counted): string => `${exact ? '' : '≈ '}${number.format(count)}`;

const sumOf = (backlog: Schemas['Backlog']): Counted => ({
  count: WAITING.reduce((sum, status) => sum + backlog[status].count, 0),
  exact: WAITING.every((status) => backlog[status].exact),
});

const oldestOf = (backlog: Schemas['Backlog']): string | null => WAITING.flatMap((status) => backlog[status].oldestAt ?? []).sort()[0] ?? null;
