import type { ReactElement } from 'react';
import { Refused } from '../api/client.js';

/** What went wrong in one panel, in the server's words, with a way to try again. */
export function ProblemBox({ error, retry }: { error: Error; retry?: () => void }): ReactElement {
  const problem = error instanceof Refused ? error.problem : { title: 'The server cannot be reached', detail: error.message, errors: [] };
  return (
    <div className="problem" role="alert">
      <strong>{problem.title}</strong>
      <span>{problem.detail}</span>
      {problem.errors?.map(({ pointer, detail }) => (
        <code key={pointer + detail}>
          {pointer}: {detail}
        </code>
      ))}
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
