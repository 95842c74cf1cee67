import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Head } from '../parts/head.js';
import { List, type Column } from '../parts/list.js';
import { CallbackLink } from '../parts/object-links.js';
import { usePages } from '../parts/pages.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';

const columns: readonly Column<Schemas['DeadLetter']>[] = [
  { name: 'Given up', cell: ({ id, at }) => <Link to="/dead-letters/$id" params={{ id }}><Time at={at} /></Link> },
  { name: 'Reason', cell: ({ reason, detail }) => <><code>{reason}</code>{detail !== null && <span className="soft"> {detail}</span>}</> },
  { name: 'Event type', cell: ({ event }) => <code>{event?.eventType ?? '–'}</code> },
  { name: 'Callback', cell: ({ callback, tenant }) => (callback === null ? <span className="soft">–</span> : <CallbackLink id={callback} {...(tenant !== null && { tenant })} />), minor: true },
  { name: 'Its delivery now', cell: ({ delivery, status }) => (delivery === null ? <span className="soft">–</span> : <Link to="/deliveries/$id" params={{ id: delivery }}>{status ? <State of={status} /> : 'open'}</Link>), minor: true },
];

export function DeadLetters(): ReactElement {
  const pages = usePages(['dead-letters'], (cursor) => answer(api.GET('/v1/dead-letters', { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  return (
    <>
      <Head title="Dead letters">Deliveries that were given up, with their events.</Head>
      <section className="panel">
        <List caption="Dead letters" pages={pages} columns={columns} keyOf={({ id }) => id} empty={<><strong>There is no dead letter.</strong><span>Nothing was given up.</span></>} />
      </section>
    </>
  );
}
