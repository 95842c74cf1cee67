import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { Filters, type FilterField } from '../explorer/filters.js';
import { toQuery, type AuditQuery } from '../explorer/search.js';
import { Head } from '../parts/head.js';
import { List } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { auditColumns } from './audit-columns.js';

const FIELDS: readonly FilterField[] = [
  { name: 'kind', label: 'Kind', options: ['callback', 'subscription', 'credential', 'event-type', 'application', 'tenant', 'api-key', 'operation'] },
  { name: 'tenant', label: 'Tenant' },
  { name: 'actor', label: 'Who', placeholder: 'key_…', isWide: true },
  { name: 'id', label: 'Object', placeholder: 'cb_…', isWide: true },
];

export function Audit(): ReactElement {
  const search = useSearch({ from: '/shell/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const pages = usePages(['audit', search], (cursor) => answer(api.GET('/v1/audit', { params: { query: { ...toQuery<AuditQuery>(search), limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  return (
    <>
      <Head title="Audit">Who changed what, newest first.</Head>
      <section className="panel">
        <Filters fields={FIELDS} search={search} onSearch={(next) => void navigate({ search: next })} />
        <List caption="Changes of the configuration" pages={pages} columns={auditColumns} keyOf={({ position }) => position} empty={<><strong>No change is like this.</strong><span>Leave out a filter, or take a longer time.</span></>} />
      </section>
    </>
  );
}
