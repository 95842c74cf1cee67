import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Head } from '../parts/head.js';
import { List, type Column } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { Time } from '../parts/time.js';

const columns: readonly Column<Schemas['QuarantinedRecord']>[] = [
  { name: 'Put away', cell: ({ id, at }) => <Link to="/quarantine/$id" params={{ id }}><Time at={at} /></Link> },
  { name: 'Reason', cell: ({ reason, detail }) => <><code>{reason}</code>{detail !== null && <div className="soft">{detail}</div>}</> },
  { name: 'It was', cell: ({ origin }) => (origin ? <code>{origin.topic}/{origin.partition}@{origin.offset}</code> : <span className="soft">not known</span>), minor: true },
  { name: 'Bytes', cell: ({ valueBytes }) => valueBytes ?? '–', minor: true, isNumber: true },
  { name: 'Published again', cell: ({ republished }) => <Time at={republished?.at ?? null} />, minor: true },
];

export function Quarantine(): ReactElement {
  const pages = usePages(['quarantine'], (cursor) => answer(api.GET('/v1/quarantine', { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  return (
    <>
      <Head title="Quarantine">Records that nobody could read, with their bytes. Mended, they can be published again.</Head>
      <section className="panel">
        <List caption="Quarantined records" pages={pages} columns={columns} keyOf={({ id }) => id} empty={<><strong>Nothing is in quarantine.</strong><span>Whatever was published could be read.</span></>} />
      </section>
    </>
  );
}
