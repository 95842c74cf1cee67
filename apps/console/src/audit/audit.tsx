import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { FilteredList } from '../explorer/filtered-list.js';
import type { FilterField } from '../explorer/filters.js';
import { toQuery, type AuditQuery, type Search } from '../explorer/search.js';
import { useSearched } from '../explorer/searched.js';
import { Head } from '../parts/head.js';
import { auditColumns } from './audit-columns.js';

const FIELDS: readonly FilterField[] = [
  { name: 'kind', label: 'Kind', options: ['callback', 'subscription', 'credential', 'event-type', 'application', 'tenant', 'api-key', 'portal-sessions', 'operation'] },
  { name: 'tenant', label: 'Tenant' },
  { name: 'actor', label: 'Who', placeholder: 'key_…', isWide: true },
  { name: 'id', label: 'Object', placeholder: 'cb_…', isWide: true },
];

export function Audit(): ReactElement {
  const search = useSearch({ from: '/shell/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const onSearch = (next: Search): void => void navigate({ search: next });
  const pages = useSearched('audit', search, (wanted, page) => answer(api.GET('/v1/audit', { params: { query: { ...toQuery<AuditQuery>(wanted), ...page } } })));
  return (
    <>
      <Head title="Audit">Who changed what, newest first.</Head>
      <section className="panel">
        <FilteredList caption="Changes of the configuration" one="change" fields={FIELDS} hasTime search={search} onSearch={onSearch} pages={pages} columns={auditColumns} keyOf={({ position, id, version, type }) => `${position} ${id} ${version} ${type}`} />
      </section>
    </>
  );
}
