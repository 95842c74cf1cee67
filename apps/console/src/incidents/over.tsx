import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { sinceOf } from '../explorer/search.js';
import { useCallbackNames } from '../parts/names.js';
import { CallbackLink } from '../parts/object-links.js';
import { ProblemBox } from '../parts/problem-box.js';

const SINCE = '-1d';

/** What failed in the last day and works again: whether something of it is lost. */
export function Over({ failing }: { failing: ReadonlySet<string> }): ReactElement {
  const names = useCallbackNames();
  const { data, error } = useQuery({ queryKey: ['incidents', 'over'], queryFn: () => answer(api.GET('/v1/stats/top', { params: { query: { by: 'callback', order: 'failed', since: sinceOf(SINCE) ?? '', limit: 50 } } })) });
  const over = data?.items.filter(({ key, failed }) => key !== null && failed > 0 && !failing.has(key));
  return (
    <section className="panel">
      <header><h2>Over</h2><span className="soft">failed in the last 24 hours, and works again</span></header>
      {error && !data ? <div className="inside"><ProblemBox error={error} /></div> : !over ? <div className="inside"><div className="skeleton" /></div> : over.length === 0 ? <div className="empty"><strong>Nothing.</strong></div> : (
        <div className="scroll" tabIndex={0} role="region" aria-label="What is over">
          <table>
            <thead><tr><th scope="col">Callback</th><th scope="col">Was mostly</th><th scope="col" className="number">Failed attempts</th><th scope="col">To be sent again</th></tr></thead>
            <tbody>
              {over.map(({ key, failed, dominantErrorClass }) => {
                const [id, tenant] = [key ?? '', names.get(key ?? '')?.tenant];
                return (
                  <tr key={id}>
                    <td><CallbackLink id={id} {...(tenant !== undefined && { tenant })} /></td>
                    <td><code>{dominantErrorClass ?? '–'}</code></td>
                    <td className="number"><Link to="/attempts" search={{ callback: [id], status: ['failed'], since: SINCE }}>{failed}</Link></td>
                    <td><Link to="/deliveries" search={{ callback: [id], status: ['failed', 'expired'], since: SINCE }}>failed or expired</Link></td>
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
