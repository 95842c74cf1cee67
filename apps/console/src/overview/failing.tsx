import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { sinceOf } from '../explorer/search.js';
import { CallbackLink } from '../parts/object-links.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Time } from '../parts/time.js';
import type { Range } from './range.js';

const SAMPLE = 100;

interface Endpoint {
  readonly callback: string;
  readonly tenant: string;
  readonly count: number;
  /** What it mostly fails with. */
  readonly answer: string;
  readonly last: string;
}

/** Whose endpoints the newest failures are. */
export function Failing({ range }: { range: Range }): ReactElement {
  const { data, error } = useQuery({
    queryKey: ['attempts', 'failing', range.since],
    queryFn: () => answer(api.GET('/v1/attempts', { params: { query: { status: ['failed'], since: sinceOf(range.since) ?? '', limit: SAMPLE } } })),
    refetchInterval: 15_000,
  });
  const endpoints = data && byEndpoint(data.items);
  return (
    <section className="panel">
      <header><h2>Failing endpoints</h2><span className="soft">by the newest {SAMPLE} failed attempts</span></header>
      {error && !data ? <div className="inside"><ProblemBox error={error} /></div> : !endpoints ? <div className="inside"><div className="skeleton" /></div> : endpoints.length === 0 ? <div className="empty"><strong>No endpoint fails.</strong></div> : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Failing endpoints">
          <table>
            <thead><tr><th scope="col">Callback</th><th scope="col">Mostly</th><th scope="col" className="number">Failed</th><th scope="col" className="minor">Last</th></tr></thead>
            <tbody>
              {endpoints.map(({ callback, tenant, count, answer: mostly, last }) => (
                <tr key={callback}>
                  <td><CallbackLink id={callback} tenant={tenant} /></td>
                  <td><code>{mostly}</code></td>
                  <td className="number nowrap">
                    <span className="share" aria-hidden="true"><i style={{ width: `${(100 * count) / (endpoints[0]?.count ?? 1)}%` }} /></span>
                    <Link to="/attempts" search={{ callback: [callback], status: ['failed'], since: range.since }}>{count}</Link>
                  </td>
                  <td className="minor"><Time at={last} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function byEndpoint(attempts: readonly Schemas['Attempt'][]): Endpoint[] {
  const groups = Map.groupBy(attempts, ({ callback }) => callback);
  return Array.from(groups, ([callback, some]): Endpoint => {
    const answers = Map.groupBy(some, ({ response, error }) => String(response?.status ?? error?.class ?? '–'));
    const [mostly = '–'] = [...answers].sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
    return { callback, tenant: some[0]?.tenant ?? '', count: some.length, answer: mostly, last: some[0]?.startedAt ?? '' };
  }).sort((a, b) => b.count - a.count).slice(0, 10);
}
