import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { sinceOf } from '../explorer/search.js';
import { useNamedCredential } from '../parts/names.js';
import { CredentialLink } from '../parts/object-links.js';
import { ProblemBox } from '../parts/problem-box.js';
import type { Range } from './range.js';

/** Token requests of each credential, and how many of them were refused or not answered. */
export function Providers({ range }: { range: Range }): ReactElement {
  const { data, error } = useQuery({
    queryKey: ['token-requests', range.since],
    queryFn: () => answer(api.GET('/v1/stats/token-requests', { params: { query: { since: sinceOf(range.since) ?? '', step: range.step } } })),
    refetchInterval: 15_000,
  });
  const rows = data && byCredential(data.items);
  return (
    <section className="panel">
      <header><h2>Token requests</h2><span className="soft">{range.name}</span><Link className="at-end" to="/credentials">all credentials</Link></header>
      {error && !data ? <div className="inside"><ProblemBox error={error} /></div> : !rows ? <div className="inside"><div className="skeleton" /></div> : rows.length === 0 ? <div className="empty"><strong>No token was asked for.</strong><span>Tokens are shared, and kept while they live.</span></div> : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Token requests">
          <table>
            <thead><tr><th scope="col">Credential</th><th scope="col" className="minor">Authorization server</th><th scope="col" className="number">Requests</th><th scope="col" className="number">Failed</th></tr></thead>
            <tbody>
              {rows.map(({ credential, requests, failed }) => (
                <tr key={credential}>
                  <td><CredentialLink id={credential} /></td>
                  <td className="minor"><Server credential={credential} /></td>
                  <td className="number">{requests}</td>
                  <td className="number">{failed > 0 ? <span className="bad">{failed}</span> : 0}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function byCredential(points: readonly Schemas['TokenStatsPoint'][]): { credential: string; requests: number; failed: number }[] {
  return Array.from(Map.groupBy(points, ({ credential }) => credential), ([credential, some]) => {
    const requests = some.reduce((sum, point) => sum + point.requests, 0);
    return { credential, requests, failed: requests - some.reduce((sum, { outcomes }) => sum + (outcomes.token ?? 0), 0) };
  }).sort((a, b) => b.failed - a.failed || b.requests - a.requests).slice(0, 10);
}

function Server({ credential }: { credential: string }): ReactElement {
  const named = useNamedCredential(credential);
  const url = named?.tokenUrl ?? named?.issuer;
  return <code>{url ? new URL(url).host : '–'}</code>;
}
