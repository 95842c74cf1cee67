import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { Progress } from '../operations/progress.js';
import { ProblemBox } from '../parts/problem-box.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';

/** The newest bulk operations that are not at their end. */
export function UnderWay(): ReactElement {
  const { data, error } = useQuery({ queryKey: ['operations', 'under-way'], queryFn: () => answer(api.GET('/v1/operations', { params: { query: { limit: 20 } } })), refetchInterval: 15_000 });
  const some = data?.items.filter(({ state }) => state === 'running' || state === 'paused').slice(0, 10);
  return (
    <section className="panel">
      <header><h2>Operations under way</h2><Link className="at-end" to="/operations">all operations</Link></header>
      {error && !data ? <div className="inside"><ProblemBox error={error} /></div> : !some ? <div className="inside"><div className="skeleton" /></div> : some.length === 0 ? <div className="empty"><strong>None.</strong><span>Nothing is being sent again in bulk.</span></div> : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Operations under way">
          <table>
            <thead><tr><th scope="col">Begun</th><th scope="col">State</th><th scope="col" className="minor">Kind</th><th scope="col">Sent</th></tr></thead>
            <tbody>
              {some.map((operation) => (
                <tr key={operation.id}>
                  <td><Time at={operation.createdAt} /></td>
                  <td><State of={operation.state} /></td>
                  <td className="minor">{operation.kind}</td>
                  <td><Progress operation={operation} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
