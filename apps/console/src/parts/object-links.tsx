import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useMe } from '../shell/me.js';
import { useCallbackNames, useCredentialNames } from './names.js';

/** A link to a callback, by its name. Readers of several tenants see its tenant, too. */
export function CallbackLink({ id, tenant }: { id: string; tenant?: string }): ReactElement {
  const name = useCallbackNames().get(id)?.name;
  const isShared = useMe().data?.tenant === null;
  return (
    <span className={tenant === undefined ? 'nowrap' : 'nowrap owned'}>
      <Link to="/callbacks/$id" params={{ id }} title={name === undefined ? id : `${name}, ${id}`}>
        {name ?? <code>{id.slice(0, 12)}…</code>}
      </Link>
      {tenant !== undefined && isShared && <span className="soft"> · {tenant}</span>}
    </span>
  );
}

/** A link to a credential, by its name. */
export function CredentialLink({ id }: { id: string }): ReactElement {
  const name = useCredentialNames().get(id)?.name;
  return (
    <Link to="/credentials/$id" params={{ id }} title={name === undefined ? id : `${name}, ${id}`}>
      {name ?? <code>{id.slice(0, 14)}…</code>}
    </Link>
  );
}
