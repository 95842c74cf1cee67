import { useActionState, type ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { formText } from '../parts/form-text.js';
import { bodySent } from './sent.js';
import { verify, type Verdict } from './signature.js';

type Result = Verdict | { readonly fault: string } | null;

/** Checks a Standard Webhooks signature in the browser. The key is neither sent nor stored. */
export function Verify({ attempt: { id, request } }: { attempt: Schemas['Attempt'] }): ReactElement | null {
  const [result, check, isPending] = useActionState(async (_: Result, form: FormData): Promise<Result> => {
    try {
      return await verify(request?.headers ?? {}, await bodySent(id), formText(form, 'key'));
    } catch {
      return { fault: 'This is no key: it begins with whsec_ or whpk_.' };
    }
  }, null);
  if (!request?.headers['webhook-signature']) return null;
  return (
    <details className="inside">
      <summary>Verify the signature</summary>
      <form action={check} className="verify">
        <label className="field">
          The callback’s secret or public key (it stays in this page)
          <input name="key" type="password" autoComplete="off" spellCheck={false} required />
        </label>
        <button disabled={isPending}>Verify</button>
      </form>
      <div role="status">
        {result && 'fault' in result && <p className="bad">{result.fault}</p>}
        {result && 'holds' in result && (
          <>
            <p className={result.holds ? 'good' : 'bad'}>{result.holds ? 'The signature holds.' : 'The signature does not hold: it was made with another secret.'}</p>
            <pre className="bytes" tabIndex={0}>{result.signed}</pre>
          </>
        )}
      </div>
    </details>
  );
}
