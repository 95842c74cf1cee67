import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { differencesOf } from './differences.js';

/** How an attempt differs from the one before. */
export function Differs({ before, attempt }: { before: Schemas['Attempt']; attempt: Schemas['Attempt'] }): ReactElement {
  const differences = differencesOf(before, attempt);
  return (
    <details className="inside">
      <summary>Compare with attempt {before.number}: {differences.length === 0 ? 'the same' : `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}`}</summary>
      {differences.length > 0 && (
        <div className="scroll" tabIndex={0} role="region" aria-label="Differences">
          <table className="differences">
            <thead><tr><th scope="col">What</th><th scope="col">Attempt {before.number}</th><th scope="col">Attempt {attempt.number}</th></tr></thead>
            <tbody>
              {differences.map(({ what, before: then, after }) => (
                <tr key={what}><th scope="row">{what}</th><td><Value of={then} /></td><td><Value of={after} /></td></tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

const Value = ({ of }: { of: string | null }): ReactElement => (of === null ? <span className="soft">–</span> : <code>{of}</code>);
