import type { ReactElement } from 'react';
import { Time } from '../parts/time.js';
import { plannedAttempts, waitOf } from './retry-times.js';

interface RetryPlanProps {
  readonly delaysSeconds: readonly number[];
  readonly jitter: number;
}

/** When each attempt is made, if all before it fail. */
export function RetryPlan({ delaysSeconds, jitter }: RetryPlanProps): ReactElement {
  const attempts = plannedAttempts(delaysSeconds, jitter);
  const now = Date.now();
  const last = attempts.at(-1);
  return (
    <section className="panel">
      <header><h2>Retry plan</h2><span className="soft">{last ? `${attempts.length + 1} attempts within ${waitOf(last.latestMs)}` : 'one attempt, no retries'}</span></header>
      {last && (
        <div className="scroll" tabIndex={0} role="region" aria-label="Retry plan">
          <table>
            <caption className="unseen">When each attempt is made, if all before it fail</caption>
            <thead><tr><th scope="col">Attempt</th><th scope="col" className="number">Wait before it</th><th scope="col" className="number minor">After the first</th>{jitter > 0 && <th scope="col" className="number minor">At the latest</th>}<th scope="col" className="grows">If the first fails now</th></tr></thead>
            <tbody>
              <tr><td>1</td><td className="number soft">–</td><td className="number soft minor">at once</td>{jitter > 0 && <td className="number soft minor">at once</td>}<td><Time at={new Date(now).toISOString()} /></td></tr>
              {attempts.map(({ number, waitMs, earliestMs, latestMs }) => (
                <tr key={number}><td>{number}</td><td className="number">{waitOf(waitMs)}</td><td className="number minor">{waitOf(earliestMs)}</td>{jitter > 0 && <td className="number minor">{waitOf(latestMs)}</td>}<td><Time at={new Date(now + earliestMs).toISOString()} /></td></tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
