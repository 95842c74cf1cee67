import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Id } from '../parts/copy.js';
import { Delete } from '../parts/delete.js';
import { OfTenant } from '../parts/object-links.js';
import { ProblemBox } from '../parts/problem-box.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import { useMe } from '../shell/me.js';
import { manages } from '../shell/roles.js';
import { Enabling } from './enabling.js';
import { Health } from './health.js';
import { isPaused, Pausing } from './pausing.js';
import { Recover } from './recover.js';
import { RotateSecret } from './rotate-secret.js';
import { Settings } from './settings.js';
import { Deliveries, History, Subscriptions } from './tabs.js';
import { Test } from './test.js';
import { Traffic } from './traffic.js';

const TABS = [['deliveries', 'Health'], ['settings', 'Settings'], ['subscriptions', 'Subscriptions'], ['history', 'History']] as const;

/** How an endpoint fares, and what can be done about it. */
export function CallbackPage(): ReactElement {
  const { id } = useParams({ from: '/shell/callbacks/$id' });
  const { tab = 'deliveries', since } = useSearch({ from: '/shell/callbacks/$id' });
  const { data, error, refetch } = useQuery({ queryKey: ['callback', id], queryFn: () => answer(api.GET('/v1/callbacks/{id}', { params: { path: { id } } })) });
  const role = useMe().data?.role;
  const navigate = useNavigate();
  if (error && !data) return <ProblemBox error={error} retry={() => void refetch()} isPage />;
  if (!data) return <div className="skeleton" />;
  return (
    <>
      <div className="head">
        <title>{`${data.name} · Nuncio`}</title>
        <div>
          <p className="crumb"><State of={!data.enabled ? 'disabled' : isPaused(data) ? 'paused' : 'enabled'} /> Callback <Id of={id} /></p>
          <h1>{data.name}<OfTenant tenant={data.tenant} /></h1>
          <p className="mono">{data.method} {data.url}</p>
          <Standing callback={data} />
        </div>
        {manages(role) && (
          <div className="actions">
            <Test id={id} />
            <RotateSecret callback={data} />
            <Recover id={id} />
            {data.enabled && <Pausing callback={data} />}
            <Enabling callback={data} />
          </div>
        )}
      </div>
      <nav className="tabs" aria-label="Of this callback">
        {TABS.map(([name, label]) => (
          <Link key={name} to="/callbacks/$id" params={{ id }} search={{ ...(since !== undefined && { since }), ...(name !== 'deliveries' && { tab: name }) }} activeOptions={{ exact: true }} aria-current={tab === name ? 'page' : undefined} replace>
            {label}
          </Link>
        ))}
      </nav>
      {tab === 'deliveries' && <><Health id={id} /><Traffic id={id} /></>}
      {tab === 'settings' ? (
        <>
          <Settings callback={data} />
          {manages(role) && (
            <div className="actions">
              <Delete path="/v1/callbacks/{id}" of={data} question={`Delete “${data.name}”?`} onDone={() => void navigate({ to: '/callbacks' })}>
                <p>It is gone for good, with its signing secret. The subscriptions that lead to it have to be deleted before. What was delivered stays in the log.</p>
              </Delete>
            </div>
          )}
        </>
      ) : (
        <section className="panel">
          {tab === 'deliveries' && <header><h2>Deliveries</h2><span className="soft">newest first</span><Link className="at-end" to="/deliveries" search={{ callback: [id] }}>with filters</Link></header>}
          {tab === 'subscriptions' && <header><h2>Subscriptions</h2><span className="soft">newest first</span><Link className="at-end" to="/subscriptions" search={{ callback: [id] }}>with filters</Link></header>}
          {tab === 'deliveries' ? <Deliveries id={id} /> : tab === 'subscriptions' ? <Subscriptions id={id} /> : <History id={id} />}
        </section>
      )}
    </>
  );
}

const REASONS: Readonly<Record<string, string>> = { gone: 'Nuncio has disabled it, since it answered 410 Gone.', failing: 'Nuncio has disabled it, since nothing but failures came of it for days.' };

/** Says why nothing is sent now, if the callback is disabled or paused. */
function Standing({ callback }: { callback: Schemas['Callback'] }): ReactElement | null {
  const { enabled, disabledReason } = callback;
  if (!enabled) return <p className="bad">{disabledReason === null ? 'Somebody has disabled it.' : (REASONS[disabledReason] ?? disabledReason)} What comes is skipped.</p>;
  return isPaused(callback) ? <p className="wait">Nothing is sent until <Time at={callback.pausedUntil} />, and everything is kept.</p> : null;
}
