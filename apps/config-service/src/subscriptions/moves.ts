import { Fault, isOfNoTenant, withOwners, type Principal, type Role, type SubscriptionState } from '@nuncio/contracts';

export interface Move {
  readonly by: readonly Role[];
  readonly from: readonly SubscriptionState[];
  /** Absent: the move itself decides. */
  readonly to?: SubscriptionState;
}

const consumer: readonly Role[] = withOwners(['admin', 'consumer']);
const provider: readonly Role[] = ['admin', 'provider'];
const either: readonly Role[] = withOwners(['admin', 'provider', 'consumer']);

/**
 * The moves of a subscription: who may make each, from which states, and where it leads. Any other move is refused with a list of the allowed
 * ones.
 */
export const moves = {
  /** To draft; but a subscription that is or was active keeps its state. */
  edit: { by: consumer, from: ['draft', 'validated', 'ready-to-submit', 'rejected', 'activated', 'blocked', 'deactivated'] },
  /** To validated; to ready-to-submit if an event type requires approval; a blocked one stays blocked. */
  verify: { by: consumer, from: ['draft', 'validated', 'ready-to-submit', 'blocked'] },
  submit: { by: consumer, from: ['ready-to-submit'], to: 'submitted' },
  approve: { by: provider, from: ['submitted'], to: 'approved' },
  reject: { by: provider, from: ['submitted'], to: 'rejected' },
  activate: { by: consumer, from: ['validated', 'approved', 'deactivated'], to: 'activated' },
  deactivate: { by: consumer, from: ['activated', 'blocked'], to: 'deactivated' },
  suspend: { by: provider, from: ['activated', 'deactivated', 'approved', 'validated', 'blocked'], to: 'suspended' },
  /** To deactivated; to draft if it lacks an approval. */
  unsuspend: { by: provider, from: ['suspended'] },
  block: { by: either, from: ['activated'], to: 'blocked' },
  unblock: { by: consumer, from: ['blocked'], to: 'activated' },
  /** Ends it. A consumer may not delete a suspended one. */
  delete: { by: either, from: ['draft', 'validated', 'ready-to-submit', 'submitted', 'approved', 'rejected', 'deactivated', 'suspended', 'blocked'] },
} as const satisfies Record<string, Move>;

export type MoveName = keyof typeof moves;

export const allowedMoves = (state: SubscriptionState): MoveName[] => (Object.keys(moves) as MoveName[]).filter((name) => (moves[name] as Move).from.includes(state));

/**
 * The moves that the caller's role may make. Further reasons for refusal (a missing approval, a suspension) are checked when the move is
 * made.
 */
export const movesOf = (state: SubscriptionState, { role }: Pick<Principal, 'role'>): MoveName[] =>
  allowedMoves(state).filter((name) => (moves[name] as Move).by.includes(role) && !isProvidersAlone(state, name, role));

/** Only a provider may delete what a provider has suspended. */
export const isProvidersAlone = (state: SubscriptionState, name: MoveName, role: Role): boolean => name === 'delete' && state === 'suspended' && !isOfNoTenant(role);

/** Throws Fault `illegal-move`. */
export function requireMove(state: SubscriptionState, name: MoveName): void {
  const allowed = allowedMoves(state);
  if (!allowed.includes(name)) throw new Fault('illegal-move', `${name} is not possible in the state ${state}, which allows: ${allowed.join(', ')}`);
}
