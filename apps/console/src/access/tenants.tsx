import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { FilteredList } from '../explorer/filtered-list.js';
import { LABEL, type FilterField } from '../explorer/filters.js';
import { toQuery, type ApiKeyQuery, type Search } from '../explorer/search.js';
import { useSearched } from '../explorer/searched.js';
import { Head } from '../parts/head.js';
import { Labels } from '../parts/labels.js';
import { List, type Column } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import { useMe } from '../shell/me.js';
import { NewKey } from './new-key.js';
import { NewTenant } from './new-tenant.js';
import { RevokeKey } from './revoke-key.js';
import { RotateKey } from './rotate-key.js';

const tenantColumns: readonly Column<Schemas['Tenant']>[] = [
  { name: 'Id', cell: ({ id }) => <code>{id}</code> },
  { name: 'Name', cell: ({ name }) => name },
  { name: 'State', cell: ({ state }) => <State of={state} /> },
  { name: 'Made', cell: ({ createdAt }) => <Time at={createdAt} />, minor: true },
];

const keyColumns: readonly Column<Schemas['ApiKey']>[] = [
  { name: 'Name', cell: ({ name, id, labels }) => <><span className="clip" title={`${name}, ${id}`}>{name}</span>{Object.keys(labels).length > 0 && <Labels of={labels} />}</>, grows: true },
  { name: 'Role', cell: ({ role }) => <span className="nowrap">{role}</span> },
  { name: 'Tenant', cell: ({ tenant }) => (tenant === null ? <span className="soft">all</span> : <span className="clip short" title={tenant}>{tenant}</span>), minor: true },
  { name: 'Groups', cell: ({ groups }) => (groups.length === 0 ? <span className="soft">–</span> : <span className="clip short" title={groups.join(', ')}>{groups.join(', ')}</span>), minor: true },
  { name: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt === null ? <span className="soft">never</span> : <Time at={lastUsedAt} />), minor: true },
  { name: 'Ends', cell: ({ expiresAt }) => (expiresAt === null ? <span className="soft">never</span> : <Time at={expiresAt} />), minor: true },
  { name: 'Acts', cell: (apiKey) => <div className="actions"><RotateKey apiKey={apiKey} /><RevokeKey apiKey={apiKey} /></div> },
];

const FIELDS: readonly FilterField[] = [
  { name: 'q', label: 'Name or id', isWide: true },
  { name: 'role', label: 'Role', options: ['admin', 'provider', 'owner', 'publisher', 'consumer', 'viewer'] },
  { name: 'tenant', label: 'Tenant' },
  LABEL,
];

/** An owner has one tenant, and sees only its keys. */
export const AccessPage = (): ReactElement =>
  useMe().data?.role === 'owner' ? (
    <>
      <Head title="API keys">Who may call the API for your tenant.</Head>
      <Keys />
    </>
  ) : (
    <>
      <Head title="Tenants and keys">Whose events these are, and who may call the API.</Head>
      <Tenants />
      <Keys />
    </>
  );

function Tenants(): ReactElement {
  const canMake = useMe().data?.role === 'admin';
  const pages = usePages(['tenants'], (cursor) => answer(api.GET('/v1/tenants', { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } } })));
  return (
    <section className="panel">
      <header><h2>Tenants</h2>{canMake && <NewTenant />}</header>
      <List caption="Tenants" pages={pages} columns={tenantColumns} keyOf={({ id }) => id} empty={<><strong>There is no tenant yet.</strong><span>An event names the tenant that it is for.</span></>} />
    </section>
  );
}

function Keys(): ReactElement {
  const search = useSearch({ from: '/shell/tenants' });
  const navigate = useNavigate({ from: '/tenants' });
  const onSearch = (next: Search): void => void navigate({ search: next });
  const pages = useSearched('api-keys', search, (wanted, page) => answer(api.GET('/v1/api-keys', { params: { query: { ...toQuery<ApiKeyQuery>(wanted), ...page } } })));
  return (
    <section className="panel">
      <header><h2>API keys</h2><NewKey /></header>
      <FilteredList caption="API keys" one="key" fields={FIELDS} search={search} onSearch={onSearch} pages={pages} columns={keyColumns} keyOf={({ id }) => id} />
    </section>
  );
}
