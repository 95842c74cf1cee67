import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Head } from '../parts/head.js';
import { List, type Column } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';

const columns: readonly Column<Schemas['Callback']>[] = [
  { name: 'Name', cell: ({ id, name }) => <Link to="/callbacks/$id" params={{ id }}>{name}</Link> },
  { name: 'State', cell: ({ enabled }) => <State of={enabled ? 'enabled' : 'disabled'} /> },
  { name: 'URL', cell: ({ url }) => <code className="clip" title={url}>{url}</code> },
  { name: 'Tenant', cell: ({ tenant }) => tenant, minor: true },
  { name: 'Profile', cell: ({ profile }) => profile, minor: true },
  { name: 'Authentication', cell: ({ authentication }) => (authentication.type === 'oauth2' ? 'OAuth 2.0' : <span className="soft">none</span>), minor: true },
  { name: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} />, minor: true },
];

export function Callbacks(): ReactElement {
  const pages = usePages(['callbacks'], (cursor) => answer(api.GET('/v1/callbacks', { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  return (
    <>
      <Head title="Callbacks">Where deliveries go, and how.</Head>
      <section className="panel">
        <List caption="Callbacks" pages={pages} columns={columns} keyOf={({ id }) => id} empty={<><strong>There is no callback yet.</strong><span>The README makes the first one with five calls.</span></>} />
      </section>
    </>
  );
}
