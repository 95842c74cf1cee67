import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { sinceOf } from '../explorer/search.js';
import { useCallbackNames } from '../parts/names.js';
import { CallbackLink } from '../parts/object-links.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Time } from '../parts/time.js';
import { spellsOf } from './spells.js';

const SINCE = '-7d';
const HOUR_MS = 3_600_000;
const SHOWN = 50;

/** What failed in the last days and works again: from when to when, to the hour, and whether something of it is lost. */
export function Over({ failing }: { failing: ReadonlySet<string> }): ReactElement {
  const names = useCallbackNames();
  const { data, error } = useQuery({ queryKey: ['incidents', 'over'], queryFn: () => answer(api.GET('/v1/stats', { params: { query: { by: 'callback', status: ['failed'], step: 'hour', since: sinceOf(SINCE) ?? '', limit: 25 } } })) });
  const hourAgo = new Date(Date.now() - HOUR_MS).toISOString();
  const over = data && spellsOf(data.items, HOUR_MS).filter(({ callback, until }) => !failing.has(callback) || until < hourAgo);
  return (
    <section className="panel">
      <header><h2>Over</h2><span className="soft">failed in the last 7 days, and works again; to the hour, of the 25 callbacks that failed most</span></header>
      {error && !data ? <div className="inside"><ProblemBox error={error} /></div> : !over ? <div className="inside"><div className="skeleton" /></div> : over.length === 0 ? <p className="inside soft">Nothing: whatever failed in that time is above.</p> : (
        <div className="scroll" tabIndex={0} role="region" aria-label="What is over">
          <table>
            <thead><tr><th scope="col">Callback</th><th scope="col">Was mostly</th><th scope="col" className="minor">From</th><th scope="col" className="minor">Until</th><th scope="col" className="number">Failed attempts</th><th scope="col">To be sent again</th></tr></thead>
            <tbody>
              {over.slice(0, SHOWN).map(({ callback, from, until, failed, errorClass }) => {
                const tenant = names.get(callback)?.tenant;
                return (
                  <tr key={`${callback} ${from}`}>
                    <td><CallbackLink id={callback} {...(tenant !== undefined && { tenant })} /></td>
                    <td><code>{errorClass}</code></td>
                    <td className="minor"><Time at={from} /></td>
                    <td className="minor"><Time at={until} /></td>
                    <td className="number"><Link to="/attempts" search={{ callback: [callback], status: ['failed'], since: from }}>{failed}</Link></td>
                    <td><Link to="/deliveries" search={{ callback: [callback], status: ['failed', 'expired'], since: from }}>failed or expired</Link></td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          {over.length > SHOWN && <p className="inside soft">and {over.length - SHOWN} before</p>}
        </div>
      )}
    </section>
  );
}
