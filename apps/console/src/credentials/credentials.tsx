import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { FilteredList } from '../explorer/filtered-list.js';
import { LABEL, type FilterField } from '../explorer/filters.js';
import { toQuery, type CredentialQuery, type Search } from '../explorer/search.js';
import { useSearched } from '../explorer/searched.js';
import { Head } from '../parts/head.js';
import type { Column } from '../parts/list.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import { together } from '../parts/together.js';
import { useMe } from '../shell/me.js';
import { manages } from '../shell/roles.js';
import { AuthorizationServers } from './authorization-servers.js';
import { CredentialForm } from './credential-form.js';

const columns: readonly Column<Schemas['Credential']>[] = [
  { name: 'Name', cell: ({ name, id }) => <Link className="clip" to="/credentials/$id" params={{ id }} title={`${name}, ${id}`}>{name}</Link> },
  { name: 'State', cell: ({ id }) => <Health id={id} /> },
  { name: 'Tenant', cell: ({ tenant }) => <span className="clip short" title={tenant}>{tenant}</span>, minor: true },
  { name: 'Authorization server', cell: ({ tokenUrl, issuer }) => <code title={tokenUrl ?? issuer ?? ''}>{tokenUrl ?? issuer}</code>, minor: true, grows: true },
  { name: 'Method', cell: ({ authMethod }) => <code>{authMethod}</code>, minor: true },
  { name: 'Scope', cell: ({ scope }) => scope ?? <span className="soft">–</span>, minor: true },
  { name: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} />, minor: true },
];

const FIELDS: readonly FilterField[] = [{ name: 'q', label: 'Name, id or URL', isWide: true }, { name: 'tenant', label: 'Tenant' }, LABEL];

const LOOK_EVERY_MS = 15_000;

const healthOf = together(async (ids) => {
  const { items } = await answer(api.GET('/v1/credentials/health', { params: { query: { id: ids, limit: 100 } } }));
  return new Map(items.map((health) => [health.credential, health]));
});

/** The state by the last token request, with the error if it failed. */
function Health({ id }: { id: string }): ReactElement {
  const { data } = useQuery({ queryKey: ['credentials', 'health', id], queryFn: () => healthOf(id), refetchInterval: LOOK_EVERY_MS });
  if (!data) return <span className="soft">–</span>;
  return <span title={data.state === 'failing' ? data.lastFailure?.advice : undefined}><State of={data.state} as={data.state === 'failing' ? (data.lastFailure?.tokenError.code ?? data.lastFailure?.tokenError.class) : undefined} /></span>;
}

export function Credentials(): ReactElement {
  const search = useSearch({ from: '/shell/credentials' });
  const navigate = useNavigate({ from: '/credentials' });
  const toCredential = useNavigate();
  const canMake = manages(useMe().data?.role);
  const onSearch = (next: Search): void => void navigate({ search: next });
  const pages = useSearched('credentials', search, (wanted, page) => answer(api.GET('/v1/credentials', { params: { query: { ...toQuery<CredentialQuery>(wanted), ...page } } })), 20);
  return (
    <>
      <Head title="Credentials" actions={canMake && <CredentialForm onSaved={(id) => void toCredential({ to: '/credentials/$id', params: { id } })} />}>The clients that Nuncio is at authorization servers.</Head>
      <AuthorizationServers search={search} />
      <section className="panel">
        <header><h2>Credentials</h2></header>
        <FilteredList caption="Credentials" one="credential" fields={FIELDS} search={search} onSearch={onSearch} pages={pages} columns={columns} keyOf={({ id }) => id}>
          <span>A callback that needs OAuth 2.0 names one.</span>
        </FilteredList>
      </section>
    </>
  );
}
