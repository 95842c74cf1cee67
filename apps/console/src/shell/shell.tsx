import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { signOut, type Schemas } from '../api/client.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Find } from './find.js';
import { useFocusOnPage } from './focus.js';
import { Help } from './help.js';
import { useMe, useRenewal } from './me.js';
import { Outdated } from './outdated.js';
import { GROUPS } from './pages.js';

/** The navigation, and the page beside it. Nothing is shown until the reader is known. */
export function Shell(): ReactElement {
  const [open, setOpen] = useState(false);
  const me = useMe();
  useRenewal(me.data?.expiresAt ?? null);
  useFocusOnPage();
  if (!me.data) return <main className="login">{me.error ? <ProblemBox error={me.error} retry={() => void me.refetch()} isPage /> : <span className="soft">Loading…</span>}</main>;
  const { role, id, tenant } = me.data;
  return (
    <div className="shell">
      <a className="skip" href="#page">To the page</a>
      <nav className="nav" data-open={open} aria-label="Pages">
        <div className="top">
          <Link to="/" className="brand">
            <img src="/console/assets/icon.svg" alt="" />
            Nuncio
          </Link>
          <button type="button" className="menu-button" aria-expanded={open} onClick={() => { setOpen(!open); }}>
            Menu
          </button>
        </div>
        <div className="items">
          <Find role={role} />
          {GROUPS.map(({ name: group, pages }) => (
            <section key={group} aria-label={group}>
              <h2>{group}</h2>
              {pages.filter(({ roles }) => roles.includes(role)).map(({ to, name }) => (
                <Link key={to} to={to} className="item" activeOptions={{ exact: to === '/', includeSearch: false }} activeProps={{ 'aria-current': 'page' }} onClick={() => { setOpen(false); }}>
                  {name}
                </Link>
              ))}
            </section>
          ))}
        </div>
        <Foot who={id} role={role} as={`${role}${tenant === null ? '' : ` of ${tenant}`}`} />
      </nav>
      <main className="main" id="page" tabIndex={-1}>
        <Outdated />
        <Outlet />
      </main>
    </div>
  );
}

function Foot({ who, role, as }: { who: string; role: Schemas['Me']['role']; as: string }): ReactElement {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const leave = async (): Promise<void> => {
    const elsewhere = await signOut();
    queries.clear();
    if (elsewhere === null) await navigate({ to: '/login' });
    else location.assign(elsewhere);
  };
  return (
    <div className="foot items">
      <span title={who}><strong>{as}</strong><br /><span className="soft">{who}</span></span>
      <div className="actions">
        <Link to="/settings" className="button plain">Settings</Link>
        <Help role={role} />
        <button type="button" className="plain" onClick={() => void leave()}>Sign out</button>
      </div>
    </div>
  );
}
