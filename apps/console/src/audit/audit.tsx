import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Head } from '../parts/head.js';
import { List, type Column } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { Time } from '../parts/time.js';

const columns: readonly Column<Schemas['ConfigurationEvent']>[] = [
  { name: 'When', cell: ({ at }) => <Time at={at} /> },
  { name: 'Who', cell: ({ actor }) => <code>{actor}</code> },
  { name: 'What', cell: ({ kind, type }) => `${kind} ${type}` },
  { name: 'Object', cell: ({ id }) => <code className="clip" title={id}>{id}</code>, minor: true },
  { name: 'Tenant', cell: ({ tenant }) => tenant ?? <span className="soft">–</span>, minor: true },
  { name: 'New values', cell: ({ changes }) => <Changes of={changes} />, minor: true },
];

const Changes = ({ of }: { of: Record<string, unknown> }): ReactElement => (
  <dl className="headers">
    {Object.entries(of).flatMap(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} value`}><span className="clip" title={JSON.stringify(value)}>{JSON.stringify(value)}</span></dd>])}
  </dl>
);

export function Audit(): ReactElement {
  const pages = usePages(['audit'], (cursor) => answer(api.GET('/v1/audit', { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  return (
    <>
      <Head title="Audit">Who changed what.</Head>
      <section className="panel">
        <List caption="Changes of the configuration" pages={pages} columns={columns} keyOf={({ position }) => position} empty={<strong>Nothing was changed yet.</strong>} />
      </section>
    </>
  );
}
