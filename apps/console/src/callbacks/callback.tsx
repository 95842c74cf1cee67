import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { Id } from '../parts/copy.js';
import { ProblemBox } from '../parts/problem-box.js';
import { State } from '../parts/state.js';
import { useMe } from '../shell/me.js';
import { manages } from '../shell/roles.js';
import { Edit } from './edit.js';
import { Enabling } from './enabling.js';
import { Health } from './health.js';
import { Recover } from './recover.js';
import { RotateSecret } from './rotate-secret.js';
import { Settings } from './settings.js';
import { Deliveries, History, Subscriptions } from './tabs.js';
import { Test } from './test.js';

const TABS = [['deliveries', 'Deliveries'], ['settings', 'Settings'], ['subscriptions', 'Subscriptions'], ['history', 'History']] as const;

/** How an endpoint is, and what can be done for it. */
export function CallbackPage(): ReactElement {
  const { id } = useParams({ from: '/shell/callbacks/$id' });
  const { tab = 'deliveries' } = useSearch({ from: '/shell/callbacks/$id' });
  const { data, error, refetch } = useQuery({ queryKey: ['callback', id], queryFn: () => answer(api.GET('/v1/callbacks/{id}', { params: { path: { id } } })) });
  const role = useMe().data?.role;
  if (error && !data) return <ProblemBox error={error} retry={() => void refetch()} isPage />;
  if (!data) return <div className="skeleton" />;
  return (
    <>
      <div className="head">
        <title>{`${data.name} · Nuncio`}</title>
        <div>
          <p className="crumb"><State of={data.enabled ? 'enabled' : 'disabled'} /> Callback <Id of={id} /></p>
          <h1>{data.name} <span className="soft">of {data.tenant}</span></h1>
          <p className="mono">{data.method} {data.url}</p>
          {data.disabledReason !== null && <p className="bad">{data.disabledReason}</p>}
        </div>
        {manages(role) && (
          <div className="actions">
            <Test id={id} />
            <Edit callback={data} />
            <RotateSecret callback={data} />
            <Recover id={id} />
            <Enabling callback={data} />
          </div>
        )}
      </div>
      <Health id={id} />
      <nav className="tabs" aria-label="Of this callback">
        {TABS.map(([name, label]) => (
          <Link key={name} to="/callbacks/$id" params={{ id }} search={name === 'deliveries' ? {} : { tab: name }} activeOptions={{ exact: true }} aria-current={tab === name ? 'page' : undefined} replace>
            {label}
          </Link>
        ))}
      </nav>
      {tab === 'settings' ? <Settings callback={data} /> : (
        <section className="panel">
          {tab === 'deliveries' && <header><span className="soft">Newest first</span><Link to="/deliveries" search={{ callback: [id] }}>with filters</Link></header>}
          {tab === 'deliveries' ? <Deliveries id={id} /> : tab === 'subscriptions' ? <Subscriptions id={id} /> : <History id={id} />}
        </section>
      )}
    </>
  );
}
