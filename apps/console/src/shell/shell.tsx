import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { signOut, type Schemas } from '../api/client.js';
import { ProblemBox } from '../parts/problem-box.js';
import { Find } from './find.js';
import { useMe } from './me.js';
import { applyTheme, theme, type Theme } from './theme.js';

type Role = Schemas['Me']['role'];
const READERS: readonly Role[] = ['admin', 'provider', 'consumer', 'viewer'];

const PAGES = [
  { to: '/', name: 'Overview', roles: READERS },
  { to: '/deliveries', name: 'Deliveries', roles: READERS },
  { to: '/attempts', name: 'Attempts', roles: READERS },
  { to: '/events', name: 'Events', roles: READERS },
  { to: '/callbacks', name: 'Callbacks', roles: READERS },
  { to: '/credentials', name: 'Credentials', roles: READERS },
  { to: '/subscriptions', name: 'Subscriptions', roles: READERS },
  { to: '/event-types', name: 'Event types', roles: READERS },
  { to: '/operations', name: 'Operations', roles: READERS },
  { to: '/audit', name: 'Audit', roles: READERS },
  { to: '/tenants', name: 'Tenants and keys', roles: ['admin'] as readonly Role[] },
] as const;

/** Navigation, and the page beside it. Nothing is shown before it is known who is looking. */
export function Shell(): ReactElement {
  const [open, setOpen] = useState(false);
  const me = useMe();
  if (!me.data) return <main className="login">{me.error ? <ProblemBox error={me.error} retry={() => void me.refetch()} /> : <span className="soft">Loading…</span>}</main>;
  const { role, id, tenant } = me.data;
  return (
    <div className="shell">
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
          <Find />
          {PAGES.filter(({ roles }) => roles.includes(role)).map(({ to, name }) => (
            <Link key={to} to={to} className="item" activeOptions={{ exact: to === '/', includeSearch: false }} activeProps={{ 'aria-current': 'page' }} onClick={() => { setOpen(false); }}>
              {name}
            </Link>
          ))}
        </div>
        <Foot who={`${id} · ${role}${tenant === null ? '' : ` of ${tenant}`}`} />
      </nav>
      <main className="main">
        <Outlet />
      </main>
    </div>
  );
}

function Foot({ who }: { who: string }): ReactElement {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const leave = async (): Promise<void> => {
    await signOut();
    queries.clear();
    await navigate({ to: '/login' });
  };
  return (
    <div className="foot items">
      <label>
        <span className="unseen">Theme</span>
        <select defaultValue={theme()} onChange={({ target }) => { applyTheme(target.value as Theme); }}>
          <option value="system">As the system</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
      <span className="soft">{who}</span>
      <button type="button" onClick={() => void leave()}>
        Sign out
      </button>
    </div>
  );
}
