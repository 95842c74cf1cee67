import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Head } from '../parts/head.js';
import type { Column } from '../parts/list.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import { EVENT_FIELDS } from './fields.js';
import { Found } from './found.js';
import { useLive } from './live.js';
import { toQuery, type EventQuery } from './search.js';
import { useSearched } from './searched.js';
import { NOBODY, ofNoTenant } from './unmatched.js';

const columns: readonly Column<Schemas['Event']>[] = [
  { name: 'Received', cell: ({ id, createdAt }) => <Link to="/events/$id" params={{ id }}><Time at={createdAt} /></Link> },
  { name: 'Type', cell: ({ eventType }) => <code className="clip" title={eventType}>{eventType}</code> },
  { name: 'CloudEvents id', cell: ({ ceId }) => <code className="clip short" title={ceId}>{ceId}</code>, minor: true },
  { name: 'Source', cell: ({ ceSource }) => <code>{ceSource}</code>, minor: true },
  { name: 'Subject', cell: ({ attributes: { subject } }) => subject ?? <span className="soft">–</span>, isExtra: true },
  { name: 'Tenants', cell: ({ tenants, unmatched }) => (tenants.length ? <span className="clip short" title={tenants.join(', ')}>{tenants.join(', ')}</span> : <span className="soft">{ofNoTenant(unmatched)}</span>), minor: true },
  { name: 'Bytes', cell: ({ payloadBytes }) => payloadBytes, minor: true, isNumber: true },
  { name: 'Deliveries', cell: ({ deliveries, unmatched }) => (deliveries.length ? <Tally of={deliveries} /> : <span className="soft">{NOBODY[unmatched ?? ''] ?? 'nobody yet'}</span>) },
];

function Tally({ of }: { of: readonly Schemas['Delivery'][] }): ReactElement {
  return (
    <span className="actions">
      {Array.from(Map.groupBy(of, ({ status }) => status)).sort(([a], [b]) => a.localeCompare(b)).map(([status, some]) => (
        <State key={status} of={status} as={some.length > 1 ? `${some.length} ${status}` : status} />
      ))}
    </span>
  );
}

export function Events(): ReactElement {
  const search = useSearch({ from: '/shell/events' });
  const navigate = useNavigate({ from: '/events' });
  const pages = useSearched('events', search, (wanted, page) => answer(api.GET('/v1/events', { params: { query: { ...toQuery<EventQuery>(wanted), ...page } } })));
  const live = useLive<Schemas['Event']>('events', search);
  return (
    <>
      <Head title="Events">What was published, and who got it.</Head>
      <Found caption="Events" one="event" fields={EVENT_FIELDS} search={search} onSearch={(next) => void navigate({ search: next })} pages={pages} live={live} columns={columns} nothing={<span>An event is published with <code>POST /v1/events</code>, or to Kafka.</span>} />
    </>
  );
}
