import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { Head } from '../parts/head.js';
import { List } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { auditColumns } from './audit-columns.js';

export function Audit(): ReactElement {
  const pages = usePages(['audit'], (cursor) => answer(api.GET('/v1/audit', { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  return (
    <>
      <Head title="Audit">Who changed what, newest first.</Head>
      <section className="panel">
        <List caption="Changes of the configuration" pages={pages} columns={auditColumns} keyOf={({ position }) => position} empty={<strong>Nothing was changed yet.</strong>} />
      </section>
    </>
  );
}
