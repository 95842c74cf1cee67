import type { Subscription } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { Supposed } from './selection.js';

type View = Pick<ConfigView, 'get' | 'all'>;

/**
 * The configuration as it would be if one subscription had another filter. Event types that require approval are left out, since the approval was
 * given for the present filter.
 */
export function supposing(view: View, id: string, { filter }: Supposed): View {
  const found = view.get('subscription', id);
  if (!found) return view;
  const isOpen = (type: string): boolean => view.get('event-type', type)?.state.approval !== 'required';
  const supposed = { ...found, state: { ...found.state, filter, eventTypes: found.state.eventTypes.filter(isOpen) } satisfies Subscription };
  const get = (kind: Parameters<View['get']>[0], of: string) => (kind === 'subscription' && of === id ? supposed : view.get(kind, of));
  return { get: get as View['get'], all: view.all.bind(view) };
}
