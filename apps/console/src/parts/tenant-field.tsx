import { useQuery } from '@tanstack/react-query';
import { useId, type ReactElement } from 'react';
import { answer, api } from '../api/client.js';

interface TenantFieldProps {
  /** Default: Tenant. */
  readonly label?: string;
  readonly isRequired: boolean;
  readonly onTenant?: (id: string) => void;
}

/** The field `tenant` of a form: an id, of which those that exist are offered. */
export function TenantField({ label = 'Tenant', isRequired, onTenant }: TenantFieldProps): ReactElement {
  const list = useId();
  return (
    <>
      <label className="field">{label}<input name="tenant" list={list} required={isRequired} spellCheck={false} autoComplete="off" onChange={({ target }) => onTenant?.(target.value.trim())} /></label>
      <TenantIds list={list} />
    </>
  );
}

/** The newest hundred tenants, for the `list` of an input. */
export function TenantIds({ list }: { list: string }): ReactElement {
  const { data } = useQuery({ queryKey: ['tenants', 'choice'], queryFn: () => answer(api.GET('/v1/tenants', { params: { query: { limit: 100 } } })), staleTime: 60_000 });
  return <datalist id={list}>{data?.items.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}</datalist>;
}
