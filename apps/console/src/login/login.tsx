import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useActionState, type ReactElement } from 'react';
import { offers, oidcHref, Refused, signIn, signInHere } from '../api/client.js';
import { formText } from '../parts/form-text.js';

export function Login(): ReactElement {
  const { to = '/', ended } = useSearch({ from: '/login' });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { oneClick, oidc, refusal } = useQuery({ queryKey: ['offers'], queryFn: offers }).data ?? {};
  const enter = async (by: () => Promise<unknown>): Promise<string> => {
    try {
      await by();
      queries.clear();
      await navigate({ to });
      return '';
    } catch (error) {
      return error instanceof Refused && error.problem.status === 401 ? 'Nobody has this key. It may have been revoked, or a character is missing.' : (error as Error).message;
    }
  };
  const [fault, submit, isPending] = useActionState((_: string, form: FormData) => enter(() => (form.has('here') ? signInHere() : signIn(formText(form, 'key')))), '');
  return (
    <main className="login">
      <div className="card">
        <img src="/console/assets/icon.svg" alt="" width="36" height="36" />
        <h1>Sign in to Nuncio</h1>
        {ended && <p className="soft">Your session has ended: it has run out, or was revoked.</p>}
        {oidc && (
          <div className="way">
            {refusal != null && <p role="alert" className="bad">{refusal}</p>}
            <a className="button primary" href={oidcHref(to)}>Sign in with {oidc.name}</a>
            <p className="soft">Or with an API key:</p>
          </div>
        )}
        {oneClick && (
          <form action={submit}>
            <button name="here" className="primary" disabled={isPending}>Sign in as the admin</button>
            <p className="soft">For trying out: this installation lets everybody on this machine in as its admin. Or be somebody else:</p>
          </form>
        )}
        <form action={submit}>
          <label className="field">
            API key
            <input name="key" type="password" required autoComplete="current-password" spellCheck={false} aria-describedby="fault" />
          </label>
          <p id="fault" role="alert" className="bad">{fault}</p>
          <button className={oneClick || oidc ? '' : 'primary'} disabled={isPending}>Sign in</button>
        </form>
      </div>
    </main>
  );
}
