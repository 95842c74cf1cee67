import { Link, Outlet } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ProblemBox } from '../parts/problem-box.js';
import { useFocusOnPage } from '../shell/focus.js';
import { useMe } from '../shell/me.js';
import { Outdated } from '../shell/outdated.js';

const PAGES = [
  { to: '/', name: 'Overview' },
  { to: '/deliveries', name: 'Deliveries' },
  { to: '/callbacks', name: 'Callbacks' },
  { to: '/subscriptions', name: 'Subscriptions' },
  { to: '/credentials', name: 'Credentials' },
  { to: '/event-types', name: 'Event types' },
] as const;

/** The pages of a customer, below one row of links: the page around has its own navigation. */
export function PortalShell(): ReactElement {
  const me = useMe();
  useFocusOnPage();
  if (!me.data) return <main className="login">{me.error ? <ProblemBox error={me.error} retry={() => void me.refetch()} isPage /> : <span className="soft">Loading…</span>}</main>;
  return (
    <div className="portal">
      <nav className="tabs" aria-label="Pages">
        {PAGES.map(({ to, name }) => (
          <Link key={to} to={to} activeOptions={{ exact: to === '/', includeSearch: false }} activeProps={{ 'aria-current': 'page' }}>
            {name}
          </Link>
        ))}
      </nav>
      <main className="main" tabIndex={-1}>
        <Outdated />
        <Outlet />
      </main>
    </div>
  );
}
