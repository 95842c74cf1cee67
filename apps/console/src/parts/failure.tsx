import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Sentence } from './sentence.js';

/** What went wrong in a request to an endpoint, and what to do about it. Nothing if it succeeded. A status is shown elsewhere. */
export function Failure({ of: { error, tokenError, advice } }: { of: Pick<Schemas['Attempt'], 'error' | 'tokenError' | 'advice'> }): ReactElement {
  return (
    <>
      {error && (error.detail !== null || error.class !== 'http') && <p className="bad">{error.class}{error.detail === null ? '' : `: ${error.detail}`}{tokenError && ` (the authorization server: ${[tokenError.httpStatus, tokenError.code, tokenError.description].filter((part) => part != null).join(' ')})`}</p>}
      {advice !== null && <p><strong><Sentence of={advice} /></strong></p>}
    </>
  );
}
