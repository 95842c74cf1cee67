import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Failure } from '../parts/failure.js';

/** The endpoint's answer to the sample. */
export function Verified({ verification }: { verification: Schemas['VerifiedSubscription']['verification'] }): ReactElement | null {
  if (!verification) return null;
  const { ok, status } = verification;
  if (ok) return <p className="good">The sample was answered {status}.</p>;
  return (
    <>
      <p className="bad">{status === null ? 'The sample was not answered' : `The sample was answered ${status}`}.</p>
      <Failure of={verification} />
    </>
  );
}
