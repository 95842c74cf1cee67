import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useCallbackNames } from './names.js';

/** A callback by its name. */
export function CallbackLink({ id }: { id: string }): ReactElement {
  const name = useCallbackNames().get(id)?.name;
  return (
    <Link to="/callbacks/$id" params={{ id }} title={id}>
      {name ?? <code>{id.slice(0, 12)}…</code>}
    </Link>
  );
}
