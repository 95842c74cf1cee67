import type { ReactElement } from 'react';
import { Refused } from '../api/client.js';

/** An error in the server's words, with a button to try again. `isPage` = it stands in place of the whole page. */
export function ProblemBox({ error, retry, isPage = false }: { error: Error; retry?: () => void; isPage?: boolean }): ReactElement {
  const problem = error instanceof Refused ? error.problem : { title: 'The server cannot be reached', detail: error.message, errors: [] };
  const isMissing = error instanceof Refused && error.problem.status === 404;
  return (
    <div className="problem" role="alert">
      {isPage ? <h1>{problem.title}</h1> : <strong>{problem.title}</strong>}
      {!problem.errors?.length && <span>{problem.detail}</span>}
      {problem.errors?.map(({ pointer, detail }) => (
        <code key={pointer + detail}>
          {pointer}: {detail}
        </code>
      ))}
      {retry && !isMissing && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
