import { useMutation } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ProblemBox } from '../parts/problem-box.js';
import { useFocusOnPage } from '../shell/focus.js';
import { useMe } from '../shell/me.js';
import { Outdated } from '../shell/outdated.js';
import { ownPage, type OwnPage } from './link.js';

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
  const own = ownPage();
  if (!me.data) return <main className="login">{me.error ? <ProblemBox error={me.error} retry={() => void me.refetch()} isPage /> : <span className="soft">Loading…</span>}</main>;
  return (
    <div className="portal">
      {own && <Top page={own} who={whoIs(me.data.id)} tenant={me.data.tenant} />}
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

/** Without a page around, the portal says itself whose it is, and who looks. */
function Top({ page, who, tenant }: { page: OwnPage; who: string; tenant: string | null }): ReactElement {
  const { mutate, isPending, error } = useMutation({ mutationFn: page.signOut });
  return (
    <>
      <header className="top">
        <img src="/portal/logo" alt="" />
        <strong>Webhooks</strong>
        <span className="soft who" title={`${who}, ${tenant ?? ''}`}>{tenant} · {who}</span>
        <button type="button" disabled={isPending} onClick={() => { mutate(); }}>Sign out</button>
      </header>
      {error && <ProblemBox error={error} retry={() => { mutate(); }} />}
    </>
  );
}

/** The person, as the company that made the link names it. */
const whoIs = (id: string): string => decodeURIComponent(id.replace(/^portal:/, ''));
