import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Head } from '../parts/head.js';
import { List, type Column } from '../parts/list.js';
import { CallbackLink } from '../parts/object-links.js';
import { usePages } from '../parts/pages.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import { Moves } from './moves.js';

const columns: readonly Column<Schemas['Subscription']>[] = [
  { name: 'Event types', cell: ({ eventTypes }) => <code>{eventTypes.join(', ')}</code> },
  { name: 'State', cell: ({ state, reason }) => <><State of={state} />{reason !== null && <div className="soft">{reason}</div>}</> },
  { name: 'Callback', cell: ({ callback }) => <CallbackLink id={callback} /> },
  { name: 'Tenant', cell: ({ tenant }) => tenant, minor: true },
  { name: 'Filter', cell: ({ filter }) => (filter ? <code className="clip" title={JSON.stringify(filter)}>{JSON.stringify(filter)}</code> : <span className="soft">everything</span>), minor: true },
  { name: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} />, minor: true },
  { name: 'Moves', cell: (subscription) => <Moves subscription={subscription} />, minor: true },
];

export function Subscriptions(): ReactElement {
  const pages = usePages(['subscriptions'], (cursor) => answer(api.GET('/v1/subscriptions', { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  const waiting = pages.items?.filter(({ state }) => state === 'submitted').length ?? 0;
  return (
    <>
      <Head title="Subscriptions">{waiting > 0 ? `${waiting} of these wait for an approval.` : 'Which events go to which callback.'}</Head>
      <section className="panel">
        <List caption="Subscriptions" pages={pages} columns={columns} keyOf={({ id }) => id} empty={<><strong>There is no subscription.</strong><span>A callback gets nothing without one.</span></>} />
      </section>
    </>
  );
}
