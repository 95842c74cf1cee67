import { Link } from '@tanstack/react-router';
import type { Schemas } from '../api/client.js';
import type { Column } from '../parts/list.js';
import { CallbackLink, CallbackName } from '../parts/object-links.js';
import { State } from '../parts/state.js';
import { Time } from '../parts/time.js';
import { inWords, toTree } from './filter-tree.js';
import { Moves } from './moves.js';

export const subscriptionColumns: readonly Column<Schemas['Subscription']>[] = [
  { name: 'Event types', cell: ({ id, eventTypes, callback }) => <><Link to="/subscriptions/$id" params={{ id }} title={id}><code className="lines">{eventTypes.join(', ')}</code></Link><span className="narrow soft"><CallbackName id={callback} /></span></> },
  { name: 'State', cell: ({ state, reason }) => <><State of={state} />{reason !== null && <div className="soft lines reason" title={reason}>{reason}</div>}</> },
  { name: 'Callback', cell: ({ callback, tenant }) => <CallbackLink id={callback} tenant={tenant} />, minor: true },
  { name: 'Filter', cell: ({ filter }) => (filter ? <code title={inWords(toTree(filter))}>{inWords(toTree(filter))}</code> : <span className="soft">everything</span>), minor: true, grows: true },
  { name: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} />, minor: true },
];

/** With buttons for the moves. */
export const columnsWithMoves: typeof subscriptionColumns = [...subscriptionColumns, { name: 'Acts', cell: (subscription) => <Moves subscription={subscription} />, minor: true }];
