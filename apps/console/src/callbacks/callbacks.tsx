import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { FilteredList } from '../explorer/filtered-list.js';
import { LABEL, type FilterField } from '../explorer/filters.js';
import { toQuery, type CallbackQuery, type Search } from '../explorer/search.js';
import { useSearched } from '../explorer/searched.js';
import { Head } from '../parts/head.js';
import type { Column } from '../parts/list.js';
import { State } from '../parts/state.js';
import { useMe } from '../shell/me.js';
import { manages } from '../shell/roles.js';
import { useHealth } from './faring.js';
import { NewCallback } from './new-callback.js';
import { isPaused } from './pausing.js';
import { Trend } from './trend.js';

const columns: readonly Column<Schemas['Callback']>[] = [
  { name: 'Name', cell: ({ id, name }) => <Link className="clip" to="/callbacks/$id" params={{ id }} title={`${name}, ${id}`}>{name}</Link> },
  { name: 'State', cell: (callback) => <Standing callback={callback} /> },
  { name: 'Tenant', cell: ({ tenant }) => <span className="clip short" title={tenant}>{tenant}</span>, minor: true },
  { name: '24 hours', cell: ({ id }) => <Trend id={id} />, minor: true },
  { name: 'Waiting', cell: ({ id }) => <Waiting id={id} />, minor: true, isNumber: true },
  { name: 'URL', cell: ({ url }) => <code title={url}>{url}</code>, minor: true, grows: true },
];

const FIELDS: readonly FilterField[] = [
  { name: 'q', label: 'Name, id or URL' },
  { name: 'enabled', label: 'Enabled', options: ['true', 'false'] },
  { name: 'authentication', label: 'Bearer token', options: ['none', 'oauth2'] },
  { name: 'credential', label: 'Credential', placeholder: 'cred_…' },
  { name: 'application', label: 'Application', placeholder: 'app_…' },
  { name: 'tenant', label: 'Tenant' },
  LABEL,
];

/** Disabled and paused are shown rather than the result of the last attempt. */
function Standing({ callback }: { callback: Schemas['Callback'] }): ReactElement {
  const health = useHealth(callback.id);
  if (!callback.enabled) return <State of="disabled" />;
  if (isPaused(callback)) return <State of="paused" />;
  if (!health || health.state === 'unknown') return <State of="unknown" as={health ? 'never called' : 'enabled'} />;
  return <State of={health.state} as={health.state === 'failing' ? `failing: ${[health.lastFailure?.status, health.lastFailure?.errorClass].find((part) => part != null) ?? 'no answer'}` : undefined} />;
}

function Waiting({ id }: { id: string }): ReactElement {
  const health = useHealth(id);
  const count = health ? health.waiting.pending.count + health.waiting.held.count + health.waiting.parked.count : 0;
  return count === 0 ? <span className="soft">–</span> : <Link to="/deliveries" search={{ callback: [id], status: ['pending', 'held', 'parked'] }}>{count}</Link>;
}

export function Callbacks(): ReactElement {
  const search = useSearch({ from: '/shell/callbacks' });
  const navigate = useNavigate({ from: '/callbacks' });
  const toCallback = useNavigate();
  const canMake = manages(useMe().data?.role);
  const onSearch = (next: Search): void => void navigate({ search: next });
  const pages = useSearched('callbacks', search, (wanted, page) => answer(api.GET('/v1/callbacks', { params: { query: { ...toQuery<CallbackQuery>(wanted), ...page } } })));
  return (
    <>
      <Head title="Callbacks" actions={canMake && <NewCallback onMade={(id) => void toCallback({ to: '/callbacks/$id', params: { id } })} />}>Where deliveries go, and how.</Head>
      <section className="panel">
        <FilteredList caption="Callbacks" one="callback" fields={FIELDS} search={search} onSearch={onSearch} pages={pages} columns={columns} keyOf={({ id }) => id}>
          <span>A new one needs a name and a URL.</span>
        </FilteredList>
      </section>
    </>
  );
}
