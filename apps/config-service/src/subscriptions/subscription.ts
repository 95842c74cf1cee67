import { EVERYTHING, Fault, Filter, reference, streamOf, type Subscription, type SubscriptionState } from '@nuncio/contracts';
import { z } from 'zod';
import { changed, different, type Aggregate, type Change, type RecordedChange } from '../event-store/index.js';
import { keying } from '../keying/keying.js';
import { Id } from '../tenants/tenant.js';
import { moves, requireMove, type Move, type MoveName } from './moves.js';
import type { TakenBackReason } from './reason.js';

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
  .array(Id)
  .min(1)
  .max(100)
  .refine((names) => new Set(names).size === names.length, 'names a type twice')
  .refine((names) => names.length === 1 || !names.includes(EVERYTHING), 'must be "*" alone, or names')
  .describe('Names of event types, or `["*"]` for all that require no approval')
  .meta({ examples: [['invoice.paid']] });

export const CreateSubscription = z.strictObject({ tenant: reference('tenant').optional(), callback: reference('callback'), eventTypes: EventTypes, filter: Filter.nullable().default(null).describe('null = every event of these types'), activate: z.boolean().default(false).describe('Whether to verify and activate it at once; the answer says how far it got'), ...keying });
export type CreateSubscription = z.infer<typeof CreateSubscription>;
export const PatchSubscription = z.strictObject({ callback: reference('callback').optional(), eventTypes: EventTypes.optional(), filter: Filter.nullable().optional().describe('null = every event of these types'), ...keying });
export type PatchSubscription = z.infer<typeof PatchSubscription>;
export const MoveRequest = z.strictObject({ reason: z.string().trim().min(1).max(500).optional().describe('The reason, which the subscription shows').meta({ examples: ['The endpoint moves.'] }) });

/** The fields that a consumer chooses. */
export type Wanted = Pick<Subscription, 'callback' | 'eventTypes' | 'filter'>;

export const draft = (given: Pick<Subscription, 'id' | 'tenant' | 'callback' | 'eventTypes'> & Partial<Pick<Subscription, 'filter' | 'externalId' | 'labels'>>): Subscription => ({ filter: null, ...given, state: 'draft', reason: null, approved: false, awaitsApproval: false, activatedAt: null });

/** The change for a move. `to` is needed if the table of moves leaves it open. Throws Fault `illegal-move`. */
export function move(state: SubscriptionState, name: Exclude<MoveName, 'edit' | 'delete'>, reason: string | null = null, to?: SubscriptionState): Change {
  requireMove(state, name);
  return { type: 'moved', data: { move: name, to: to ?? (moves[name] as Move).to ?? state, reason } };
}

/** The state after a successful sample. */
export const verified = (state: SubscriptionState, needsApproval: boolean): SubscriptionState => (state === 'blocked' ? 'blocked' : needsApproval ? 'ready-to-submit' : 'validated');

/**
 * Whether it may be active without another approval: it was approved, or was active before its types required approval, and neither has been revoked.
 */
export const isAdmitted = ({ approved, activatedAt }: Subscription): boolean => approved || activatedAt !== null;

const NEVER_ACTIVE = { awaitsApproval: false, activatedAt: null };

/** States that an edit does not change. */
const EDITED_IN_PLACE: ReadonlySet<SubscriptionState> = new Set(['activated', 'blocked', 'deactivated']);

/**
 * The changes of an edit. The subscription starts anew, since something else was verified. In `EDITED_IN_PLACE` it keeps its state; then no change
 * may touch what an approval was given for, or is needed for. `needApproval`: whether a type requires one. No change if the values are the same.
 * Throws Faults `illegal-move` and `conflict`.
 */
export function edit(before: Subscription, given: Partial<Wanted>, needApproval: (type: string) => boolean): Change[] {
  requireMove(before.state, 'edit');
  const fields = different(before, given);
  if (!Object.keys(fields).length) return [];
  if (!EDITED_IN_PLACE.has(before.state)) return [{ type: 'edited', data: { ...fields, ...different(before, NEVER_ACTIVE) } }];
  const approvable = (fields.eventTypes ?? before.eventTypes).filter(needApproval);
  const added = approvable.filter((name) => !before.eventTypes.includes(name));
  if (added.length) throw ofItsOwn(`${added.join(', ')}: a type that requires approval cannot be added to a subscription that is ${before.state}`);
  if (approvable.length && (fields.callback !== undefined || fields.filter !== undefined))
    throw ofItsOwn(`${approvable.join(', ')}: where a type requires approval, callback and filter of a subscription that is ${before.state} cannot be changed`);
  return [{ type: 'edited-in-place', data: fields }];
}

const ofItsOwn = (why: string): Fault => new Fault('conflict', `${why}; create another subscription for it`);

/** Records that it is back in the state of an earlier moment, to which the database was restored. If it is active, parked deliveries are sent. */
export const restored = ({ state }: Subscription): Change => (state === 'activated' ? { type: 'moved', data: { move: 'activate', to: state, reason: null } } : changed({}));

/** Takes the approval back, since the receiver is no longer the one that was verified and approved. Empty = there is nothing to take back. */
export function takeBack({ state }: Subscription, reason: TakenBackReason): Change[] {
  return state === 'draft' ? [] : [{ type: 'approval-taken-back', data: { to: state === 'suspended' ? 'suspended' : 'draft', reason } }];
}

/** States on the way to an approval. */
const UNDER_WAY: ReadonlySet<SubscriptionState> = new Set(['draft', 'validated', 'ready-to-submit', 'submitted', 'approved']);

function evolve(state: Subscription | null, { type, data, position }: RecordedChange): Subscription | null {
  if (type === 'deleted') return null;
  if (!state) return data as unknown as Subscription;
  // An edit of external id or labels does not change its state.
  if (type === 'edited-in-place' || type === 'changed') return { ...state, ...data };
  if (type === 'edited') return { ...state, ...data, state: 'draft', reason: null, approved: false };
  const { to, reason } = data as { to: SubscriptionState; reason: string | null };
  if (type === 'approval-taken-back') {
    const awaitsApproval = state.awaitsApproval || state.state === 'activated' || state.state === 'blocked';
    return { ...state, state: to, reason: to === 'suspended' ? state.reason : reason, approved: false, awaitsApproval, activatedAt: null };
  }
  return {
    ...state,
    state: to,
    reason: to === 'blocked' && state.state === 'blocked' ? state.reason : reason,
    approved: state.approved || data.move === 'approve',
    awaitsApproval: state.awaitsApproval && UNDER_WAY.has(to),
    activatedAt: to === 'activated' ? position : state.activatedAt,
  };
}
