import { EVERYTHING, Filter, streamOf, TenantId, type Subscription, type SubscriptionState } from '@nuncio/contracts';
import { z } from 'zod';
import { type Aggregate, type Change, type RecordedChange } from '../event-store/index.js';
import { moves, requireMove, type Move, type MoveName } from './moves.js';

export const subscription: Aggregate<Subscription> = {
  kind: 'subscription',
  evolve,
  index: ({ tenant, callback, eventTypes }) => ({
    tenant,
    owner: callback,
    links: [streamOf('callback', callback), ...eventTypes.filter((name) => name !== EVERYTHING).map((name) => streamOf('event-type', name))],
  }),
};

const EventTypes = z
  .array(z.string())
  .min(1)
  .max(100)
  .refine((names) => new Set(names).size === names.length, 'names a type twice')
  .refine((names) => names.length === 1 || !names.includes(EVERYTHING), 'must be "*" alone, or names');

export const CreateSubscription = z.strictObject({ tenant: TenantId.optional(), callback: z.string(), eventTypes: EventTypes, filter: Filter.nullable().default(null), activate: z.boolean().default(false) });
export const PatchSubscription = z.strictObject({ callback: z.string().optional(), eventTypes: EventTypes.optional(), filter: Filter.nullable().optional() });
export const MoveRequest = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });

export const draft = (given: Pick<Subscription, 'id' | 'tenant' | 'callback' | 'eventTypes'> & Partial<Pick<Subscription, 'filter'>>): Subscription => ({ filter: null, ...given, state: 'draft', reason: null, approved: false, awaitsApproval: false, activatedAt: null });

/** One event type of a move: who is where now, and why. `to` is needed where the table leaves it open. Throws Fault `illegal-move`. */
export function move(state: SubscriptionState, name: Exclude<MoveName, 'edit' | 'delete'>, reason: string | null = null, to?: SubscriptionState): Change {
  requireMove(state, name);
  return { type: 'moved', data: { move: name, to: to ?? (moves[name] as Move).to ?? state, reason } };
}

/** Where a sample that got a success leads. */
export const verified = (state: SubscriptionState, needsApproval: boolean): SubscriptionState => (state === 'blocked' ? 'blocked' : needsApproval ? 'ready-to-submit' : 'validated');

/** An edit begins again: what was approved was something else. Throws Fault `illegal-move`. */
export function edit(state: SubscriptionState, fields: Partial<Pick<Subscription, 'callback' | 'eventTypes' | 'filter'>>): Change {
  requireMove(state, 'edit');
  return { type: 'edited', data: fields };
}

function evolve(state: Subscription | null, { type, data, position }: RecordedChange): Subscription | null {
  if (type === 'deleted') return null;
  if (!state) return data as unknown as Subscription;
  if (type === 'edited') return { ...state, ...data, state: 'draft', reason: null, approved: false };
  const { move: name, to, reason } = data as { move: MoveName; to: SubscriptionState; reason: string | null };
  return {
    ...state,
    state: to,
    reason: to === 'blocked' && state.state === 'blocked' ? state.reason : reason,
    approved: state.approved || name === 'approve',
    activatedAt: to === 'activated' ? position : state.activatedAt,
  };
}
