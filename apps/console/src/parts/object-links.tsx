import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useMe } from '../shell/me.js';
import { useNamedCallback, useNamedCredential } from './names.js';

/** A link to a callback, by its name. With `isOwned`, readers of several tenants see its tenant, too; `tenant` is that of the row, if the row has it. */
export function CallbackLink({ id, tenant, isOwned = tenant !== undefined }: { id: string; tenant?: string; isOwned?: boolean }): ReactElement {
  const callback = useNamedCallback(id);
  const owner = tenant ?? callback?.tenant;
  const isShared = useMe().data?.tenant === null;
  return (
    <span className={isOwned ? 'owned' : undefined}>
      <Link to="/callbacks/$id" params={{ id }} title={callback ? `${callback.name}, ${id}` : id}>
        {callback?.name ?? <code>{id.slice(0, 12)}…</code>}
      </Link>
      {isOwned && isShared && owner !== undefined && <span className="soft" title={owner}>{owner}</span>}
    </span>
  );
}

/** Says whose an object is. A reader with one tenant sees nothing. */
export const OfTenant = ({ tenant }: { tenant: string }): ReactElement | null => (useMe().data?.tenant === null ? <span className="soft"> of {tenant}</span> : null);

/** The name of a callback, where a link beside another one would be too small to hit. */
export const CallbackName = ({ id }: { id: string }): string => useNamedCallback(id)?.name ?? `${id.slice(0, 12)}…`;

/** A link to a credential, by its name. */
export function CredentialLink({ id }: { id: string }): ReactElement {
  const name = useNamedCredential(id)?.name;
  return (
    <Link to="/credentials/$id" params={{ id }} title={name === undefined ? id : `${name}, ${id}`}>
      {name ?? <code>{id.slice(0, 14)}…</code>}
    </Link>
  );
}
