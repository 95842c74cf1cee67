import { useState, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Head } from '../parts/head.js';
import { List, type Column } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { Time } from '../parts/time.js';

const columns: readonly Column<Schemas['EventType']>[] = [
  { name: 'Name', cell: ({ name }) => <code>{name}</code> },
  { name: 'Description', cell: ({ description }) => description ?? <span className="soft">–</span> },
  { name: 'Audience', cell: ({ audience }) => audience, minor: true },
  { name: 'Approval', cell: ({ approval }) => approval, minor: true },
  { name: 'Schema', cell: ({ schema }) => <Schema of={schema} />, minor: true },
  { name: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} />, minor: true },
];

function Schema({ of }: { of: Schemas['EventType']['schema'] }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  if (!of) return <span className="soft">none</span>;
  return (
    <>
      <button type="button" className="plain" aria-expanded={isOpen} onClick={() => { setOpen(!isOpen); }}>{isOpen ? 'Hide' : 'Show'}</button>
      {isOpen && <pre className="bytes" tabIndex={0}>{JSON.stringify(of, null, 2)}</pre>}
    </>
  );
}

export function EventTypes(): ReactElement {
  const pages = usePages(['event-types'], (cursor) => answer(api.GET('/v1/event-types', { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  return (
    <>
      <Head title="Event types">What can be published, and subscribed to.</Head>
      <section className="panel">
        <List caption="Event types" pages={pages} columns={columns} keyOf={({ id }) => id} empty={<><strong>There is no event type.</strong><span>An admin or a provider makes them.</span></>} />
      </section>
    </>
  );
}
