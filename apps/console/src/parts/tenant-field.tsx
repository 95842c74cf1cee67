import { useId, type ReactElement } from 'react';
import { Choices } from './choices.js';

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
      <Choices of="tenant" list={list} />
    </>
  );
}
