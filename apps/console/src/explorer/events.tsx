import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Head } from '../parts/head.js';
import { List, type Column } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import { Filters, type FilterField } from './filters.js';
import { toQuery, type EventQuery } from './search.js';
import { NOBODY } from './unmatched.js';
import { Views } from './views.js';

const FIELDS: readonly FilterField[] = [
  { name: 'ceId', label: 'CloudEvents id', isWide: true },
  { name: 'ceSource', label: 'Source' },
  { name: 'eventType', label: 'Event type' },
  { name: 'subject', label: 'Subject' },
  { name: 'tenant', label: 'Tenant' },
  { name: 'unmatched', label: 'Nobody got it', options: ['any', ...Object.keys(NOBODY)] },
];

const columns: readonly Column<Schemas['Event']>[] = [
  { name: 'Received', cell: ({ id, createdAt }) => <Link to="/events/$id" params={{ id }}><Time at={createdAt} /></Link> },
  { name: 'Type', cell: ({ eventType }) => <code className="clip" title={eventType}>{eventType}</code> },
  { name: 'CloudEvents id', cell: ({ ceId }) => <code className="clip short" title={ceId}>{ceId}</code>, minor: true },
  { name: 'Source', cell: ({ ceSource }) => <code>{ceSource}</code>, minor: true },
  { name: 'Tenants', cell: ({ tenants }) => (tenants.length ? <span className="clip short" title={tenants.join(', ')}>{tenants.join(', ')}</span> : <span className="soft">all</span>), minor: true },
  { name: 'Bytes', cell: ({ payloadBytes }) => payloadBytes, minor: true, isNumber: true },
  { name: 'Deliveries', cell: ({ deliveries, unmatched }) => (deliveries.length ? <Tally of={deliveries} /> : <span className="soft">{NOBODY[unmatched ?? ''] ?? 'nobody'}</span>) },
];

function Tally({ of }: { of: readonly Schemas['Delivery'][] }): ReactElement {
  return (
    <span className="actions">
      {Array.from(Map.groupBy(of, ({ status }) => status), ([status, some]) => (
        <State key={status} of={status} as={some.length > 1 ? `${some.length} ${status}` : status} />
      ))}
    </span>
  );
}

export function Events(): ReactElement {
  const search = useSearch({ from: '/shell/events' });
  const navigate = useNavigate({ from: '/events' });
  const pages = usePages(['events', search], (cursor) => answer(api.GET('/v1/events', { params: { query: { ...toQuery<EventQuery>(search), limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  return (
    <>
      <Head title="Events">What was published, and who got it.</Head>
      <section className="panel">
        <Filters fields={FIELDS} search={search} onSearch={(next) => void navigate({ search: next })} />
        <header><h2>Newest first</h2><button type="button" className="plain" onClick={pages.again}>Refresh</button><Views of="events" search={search} onSearch={(next) => void navigate({ search: next })} /></header>
        <List caption="Events" pages={pages} columns={columns} keyOf={({ id }) => id} empty={<><strong>No event is like this.</strong><span>Leave out a filter, or take a longer time.</span></>} />
      </section>
    </>
  );
}
