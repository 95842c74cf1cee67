import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Filters } from '../explorer/filters.js';
import { toQuery, type CallbackQuery } from '../explorer/search.js';
import { Head } from '../parts/head.js';
import { List, type Column } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import { useMe } from '../shell/me.js';
import { manages } from '../shell/roles.js';
import { NewCallback } from './new-callback.js';

const columns: readonly Column<Schemas['Callback']>[] = [
  { name: 'Name', cell: ({ id, name }) => <Link to="/callbacks/$id" params={{ id }}>{name}</Link> },
  { name: 'State', cell: ({ enabled }) => <State of={enabled ? 'enabled' : 'disabled'} /> },
  { name: 'Tenant', cell: ({ tenant }) => tenant, minor: true },
  { name: 'Profile', cell: ({ profile }) => profile, minor: true },
  { name: 'Authentication', cell: ({ authentication }) => (authentication.type === 'oauth2' ? 'OAuth 2.0' : <span className="soft">none</span>), minor: true },
  { name: 'URL', cell: ({ url }) => <code title={url}>{url}</code>, grows: true },
  { name: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} />, minor: true },
];

export function Callbacks(): ReactElement {
  const search = useSearch({ from: '/shell/callbacks' });
  const navigate = useNavigate({ from: '/callbacks' });
  const toCallback = useNavigate();
  const canMake = manages(useMe().data?.role);
  const pages = usePages(['callbacks', search], (cursor) => answer(api.GET('/v1/callbacks', { params: { query: { ...toQuery<CallbackQuery>(search), limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  return (
    <>
      <Head title="Callbacks" actions={canMake && <NewCallback onMade={(id) => void toCallback({ to: '/callbacks/$id', params: { id } })} />}>Where deliveries go, and how.</Head>
      <section className="panel">
        <Filters fields={[{ name: 'q', label: 'Name, id or URL', isWide: true }, { name: 'tenant', label: 'Tenant' }]} search={search} onSearch={(next) => void navigate({ search: next })} hasTime={false} />
        <List caption="Callbacks" pages={pages} columns={columns} keyOf={({ id }) => id} empty={<><strong>No callback is like this.</strong><span>A new one needs a name and a URL.</span></>} />
      </section>
    </>
  );
}
