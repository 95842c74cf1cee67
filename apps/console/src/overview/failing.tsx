import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { useHealth } from '../callbacks/faring.js';
import { sinceOf } from '../explorer/search.js';
import { number, numbers } from '../parts/numbers.js';
import { CallbackLink } from '../parts/object-links.js';
import { ProblemBox } from '../parts/problem-box.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import type { Range } from './range.js';

/** With one digit after the point, so that those of a column align. */
const share = numbers({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** The endpoints with the most failed attempts, and how each fares now. */
export function Failing({ range }: { range: Range }): ReactElement {
  const { data, error } = useQuery({
    queryKey: ['stats', 'failing', range.since],
    queryFn: () => answer(api.GET('/v1/stats/top', { params: { query: { by: 'callback', order: 'failed', since: sinceOf(range.since) ?? '', limit: 10 } } })),
    refetchInterval: 15_000,
  });
  const endpoints = data?.items.filter(({ key, failed }) => key !== null && failed > 0);
  return (
    <section className="panel">
      <header><h2>Failing endpoints</h2><span className="soft">{range.name}</span><Link className="at-end" to="/incidents">all incidents</Link></header>
      {error && !data ? <div className="inside"><ProblemBox error={error} /></div> : !endpoints ? <div className="inside"><div className="skeleton" /></div> : endpoints.length === 0 ? <div className="empty"><strong>No endpoint fails.</strong></div> : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Failing endpoints">
          <table>
            <thead><tr><th scope="col">Callback</th><th scope="col">Now</th><th scope="col" className="minor">Mostly</th><th scope="col" className="number">Failed</th><th scope="col" className="minor">Of its attempts</th><th scope="col" className="number minor">Waiting</th></tr></thead>
            <tbody>{endpoints.map((rank) => <Endpoint key={rank.key} rank={rank} since={range.since} />)}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Endpoint({ rank: { key, failed, failureRate, dominantErrorClass }, since }: { rank: Schemas['StatsRank']; since: string }): ReactElement {
  const id = key ?? '';
  const health = useHealth(id);
  const waits = health ? health.waiting.pending.count + health.waiting.held.count + health.waiting.parked.count : 0;
  return (
    <tr>
      <td><CallbackLink id={id} isOwned /></td>
      <td>{health ? <><State of={health.state} />{health.since !== null && <span className="soft minor"> since <Time at={health.since} /></span>}</> : <span className="soft">–</span>}</td>
      <td className="minor"><code>{dominantErrorClass ?? '–'}</code></td>
      <td className="number"><Link to="/attempts" search={{ callback: [id], status: ['failed'], since }}>{number.format(failed)}</Link></td>
      <td className="nowrap minor">
        <span className="share" aria-hidden="true"><i style={{ width: `${100 * failureRate}%` }} /></span>
        {share.format(failureRate)}
      </td>
      <td className="number minor">{waits === 0 ? <span className="soft">–</span> : <Link to="/deliveries" search={{ callback: [id], status: ['pending', 'held', 'parked'] }}>{number.format(waits)}</Link>}</td>
    </tr>
  );
}
