import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Head } from '../parts/head.js';
import type { Column } from '../parts/list.js';
import { CallbackLink } from '../parts/object-links.js';
import { Sentence } from '../parts/sentence.js';
import { State } from '../parts/state.js';
import { duration, Time } from '../parts/time.js';
import { isPortal } from '../shell/place.js';
import { ATTEMPT_FIELDS } from './fields.js';
import { Found } from './found.js';
import { queryOf, useLive } from './live.js';
import { toQuery, type AttemptQuery } from './search.js';
import { useSearched } from './searched.js';

const columns: readonly Column<Schemas['Attempt']>[] = [
  { name: 'Started', cell: ({ delivery, id, startedAt }) => <Link to="/deliveries/$id" params={{ id: delivery }} search={{ attempt: id }}><Time at={startedAt} /></Link> },
  { name: 'Outcome', cell: ({ outcome, error }) => <State of={outcome} as={error?.class} /> },
  { name: 'Answer', cell: ({ response }) => <code>{response?.status ?? '–'}</code>, minor: true },
  { name: 'Event type', cell: ({ eventType, callback }) => <><code className="clip" title={eventType}>{eventType}</code><span className="narrow"><CallbackLink id={callback} /></span></> },
  { name: 'Callback', cell: ({ callback, tenant }) => <CallbackLink id={callback} tenant={tenant} />, minor: true },
  { name: 'Tenant', cell: ({ tenant }) => <span className="clip short" title={tenant}>{tenant}</span>, isExtra: true },
  { name: 'Subscription', cell: ({ subscription }) => <Link to="/subscriptions/$id" params={{ id: subscription }}><code className="clip short">{subscription}</code></Link>, isExtra: true },
  { name: 'CloudEvents id', cell: ({ ceId }) => <code className="clip short" title={ceId}>{ceId}</code>, isExtra: true },
  { name: 'Number', cell: ({ number, reason }) => <span className="nowrap">{number} <span className="soft">{reason}</span></span>, minor: true },
  { name: 'Asked for by', cell: ({ requestedBy }) => requestedBy ?? <span className="soft">–</span>, isExtra: true },
  { name: 'Took', cell: ({ timingsMs }) => <span className="nowrap">{duration(timingsMs.total)}</span>, minor: true, isNumber: true },
  { name: 'What it came to', cell: ({ error, advice }) => <span className="lines" title={advice ?? ''}>{error ? error.detail ?? (advice !== null && <Sentence of={advice} />) : <span className="soft">–</span>}</span>, minor: true, grows: true },
];

export function Attempts(): ReactElement {
  const search = useSearch({ from: '/shell/attempts' });
  const navigate = useNavigate({ from: '/attempts' });
  const pages = useSearched('attempts', search, (wanted, page) => answer(api.GET('/v1/attempts', { params: { query: { ...toQuery<AttemptQuery>(wanted), ...page, count: 'true' } } })));
  const live = useLive<Schemas['Attempt']>('attempts', search);
  return (
    <>
      <Head title="Attempts">Each HTTP request that was tried, and what came of it.</Head>
      <Found caption="Attempts" one="attempt" fields={ATTEMPT_FIELDS} search={search} onSearch={(next) => void navigate({ search: next })} pages={pages} live={live} columns={columns} nothing={<span>Each delivery is tried at least once.</span>} {...(!isPortal && { file: `/v1/attempts${queryOf({ ...search, format: 'csv' })}` })} />
    </>
  );
}
