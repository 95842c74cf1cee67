import { useNavigate, useSearch } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { useActionState, type ReactElement } from 'react';
import { Refused, signIn } from '../api/client.js';
import { formText } from '../parts/form-text.js';

export function Login(): ReactElement {
  const { to = '/', ended } = useSearch({ from: '/login' });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [fault, submit, isPending] = useActionState(async (_: string, form: FormData): Promise<string> => {
    try {
      await signIn(formText(form, 'key'));
      queries.clear();
      await navigate({ to });
      return '';
    } catch (error) {
      return error instanceof Refused && error.problem.status === 401 ? 'Nobody has this key. It may have been revoked, or a character is missing.' : (error as Error).message;
    }
  }, '');
  return (
    <main className="login">
      <form action={submit}>
        <h1>Sign in to Nuncio</h1>
        {ended && <p className="soft">Your session has ended: it has run out, or its key was revoked.</p>}
        <label className="field">
          API key
          <input name="key" type="password" required autoComplete="current-password" spellCheck={false} aria-describedby="fault" />
        </label>
        <p id="fault" role="alert" className="error">
          {fault}
        </p>
        <button className="primary" disabled={isPending}>
          Sign in
        </button>
        <p className="soft">After <code>npm start</code> the admin’s key is <code>adminKey</code> in <code>.nuncio/dev.json</code>.</p>
      </form>
    </main>
  );
}
