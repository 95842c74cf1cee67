import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Filters, LABEL, type FilterField } from '../explorer/filters.js';
import { toQuery, type CredentialQuery } from '../explorer/search.js';
import { Head } from '../parts/head.js';
import { List, type Column } from '../parts/list.js';
import { usePages } from '../parts/pages.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';

const columns: readonly Column<Schemas['Credential']>[] = [
  { name: 'Name', cell: ({ name, id }) => <Link className="clip" to="/credentials/$id" params={{ id }} title={`${name}, ${id}`}>{name}</Link> },
  { name: 'State', cell: ({ id }) => <Health id={id} /> },
  { name: 'Tenant', cell: ({ tenant }) => tenant, minor: true },
  { name: 'Authorization server', cell: ({ tokenUrl, issuer }) => <code title={tokenUrl ?? issuer ?? ''}>{tokenUrl ?? issuer}</code>, grows: true },
  { name: 'Method', cell: ({ authMethod }) => <code>{authMethod}</code>, minor: true },
  { name: 'Scope', cell: ({ scope }) => scope ?? <span className="soft">–</span>, minor: true },
  { name: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} />, minor: true },
];

const FIELDS: readonly FilterField[] = [{ name: 'q', label: 'Name, id or URL', isWide: true }, { name: 'tenant', label: 'Tenant' }, LABEL];

/** The state by the last token request, with the error if it failed. */
function Health({ id }: { id: string }): ReactElement {
  const { data } = useQuery({ queryKey: ['credential', id, 'health'], queryFn: () => answer(api.GET('/v1/credentials/{id}/health', { params: { path: { id } } })), staleTime: 30_000 });
  if (!data) return <span className="soft">–</span>;
  return <span title={data.state === 'failing' ? data.lastFailure?.advice : undefined}><State of={data.state} as={data.state === 'failing' ? (data.lastFailure?.tokenError.code ?? data.lastFailure?.tokenError.class) : undefined} /></span>;
}

export function Credentials(): ReactElement {
  const search = useSearch({ from: '/shell/credentials' });
  const navigate = useNavigate({ from: '/credentials' });
  const pages = usePages(['credentials', search], (cursor) => answer(api.GET('/v1/credentials', { params: { query: { ...toQuery<CredentialQuery>(search), limit: 20, ...(cursor !== undefined && { cursor }) } } })));
  return (
    <>
      <Head title="Credentials">The clients that Nuncio is at your customers’ authorization servers.</Head>
      <section className="panel">
        <Filters fields={FIELDS} search={search} onSearch={(next) => void navigate({ search: next })} hasTime={false} />
        <List caption="Credentials" pages={pages} columns={columns} keyOf={({ id }) => id} empty={<><strong>No credential is like this.</strong><span>A callback that needs OAuth 2.0 names one.</span></>} />
      </section>
    </>
  );
}
