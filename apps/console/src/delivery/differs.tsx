import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Differences } from '../parts/differences.js';
import { differencesOf } from './differences.js';

/** How an attempt differs from the one before. */
export function Differs({ before, attempt }: { before: Schemas['Attempt']; attempt: Schemas['Attempt'] }): ReactElement {
  const differences = differencesOf(before, attempt);
  return (
    <details className="inside">
      <summary>Compare with attempt {before.number}: {differences.length === 0 ? 'the same' : `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}`}</summary>
      {differences.length > 0 && <Differences of={differences} before={`Attempt ${before.number}`} after={`Attempt ${attempt.number}`} />}
    </details>
  );
}
