import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useCallbackNames } from './names.js';

/** A callback by its name, and whose it is. */
export function CallbackLink({ id, tenant }: { id: string; tenant?: string }): ReactElement {
  const name = useCallbackNames().get(id)?.name;
  return (
    <span className={tenant === undefined ? 'nowrap' : 'nowrap owned'}>
      <Link to="/callbacks/$id" params={{ id }} title={id}>
        {name ?? <code>{id.slice(0, 12)}…</code>}
      </Link>
      {tenant !== undefined && <span className="soft"> · {tenant}</span>}
    </span>
  );
}
