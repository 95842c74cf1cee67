import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { sinceOf } from '../explorer/search.js';
import { useCallbackNames } from '../parts/names.js';
import { CallbackLink } from '../parts/object-links.js';
import { ProblemBox } from '../parts/problem-box.js';
import type { Range } from './range.js';

const share = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });

/** The endpoints with the most failed attempts. */
export function Failing({ range }: { range: Range }): ReactElement {
  const names = useCallbackNames();
  const { data, error } = useQuery({
    queryKey: ['stats', 'failing', range.since],
    queryFn: () => answer(api.GET('/v1/stats/top', { params: { query: { by: 'callback', order: 'failed', since: sinceOf(range.since) ?? '', limit: 10 } } })),
    refetchInterval: 15_000,
  });
  const endpoints = data?.items.filter(({ key, failed }) => key !== null && failed > 0);
  return (
    <section className="panel">
      <header><h2>Failing endpoints</h2><span className="soft">{range.name}</span></header>
      {error && !data ? <div className="inside"><ProblemBox error={error} /></div> : !endpoints ? <div className="inside"><div className="skeleton" /></div> : endpoints.length === 0 ? <div className="empty"><strong>No endpoint fails.</strong></div> : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Failing endpoints">
          <table>
            <thead><tr><th scope="col">Callback</th><th scope="col">Mostly</th><th scope="col" className="number">Failed</th><th scope="col" className="number minor">Of its attempts</th></tr></thead>
            <tbody>
              {endpoints.map(({ key, failed, failureRate, dominantErrorClass }) => {
                const [id, tenant] = [key ?? '', names.get(key ?? '')?.tenant];
                return (
                  <tr key={id}>
                    <td><CallbackLink id={id} {...(tenant !== undefined && { tenant })} /></td>
                    <td><code>{dominantErrorClass ?? '–'}</code></td>
                    <td className="number"><Link to="/attempts" search={{ callback: [id], status: ['failed'], since: range.since }}>{failed}</Link></td>
                    <td className="number nowrap minor">
                      {share.format(failureRate)}
                      <span className="share" aria-hidden="true"><i style={{ width: `${100 * failureRate}%` }} /></span>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
