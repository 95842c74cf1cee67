import { Fault, isOfNoTenant, withOwners, type Principal, type Role, type SubscriptionState } from '@nuncio/contracts';

export interface Move {
  readonly by: readonly Role[];
  readonly from: readonly SubscriptionState[];
  /** Absent: the move decides itself. */
  readonly to?: SubscriptionState;
}

const consumer: readonly Role[] = withOwners(['admin', 'consumer']);
const provider: readonly Role[] = ['admin', 'provider'];
const either: readonly Role[] = withOwners(['admin', 'provider', 'consumer']);

/** Who may move a subscription from where to where. Any other move is refused, naming those that its state allows. */
export const moves = {
  /** To draft; in place where it is, or has been, active. */
  edit: { by: consumer, from: ['draft', 'validated', 'ready-to-submit', 'rejected', 'activated', 'blocked', 'deactivated'] },
  /** To validated, or ready-to-submit where a type requires approval; blocked stays blocked. */
  verify: { by: consumer, from: ['draft', 'validated', 'ready-to-submit', 'blocked'] },
  submit: { by: consumer, from: ['ready-to-submit'], to: 'submitted' },
  approve: { by: provider, from: ['submitted'], to: 'approved' },
  reject: { by: provider, from: ['submitted'], to: 'rejected' },
  activate: { by: consumer, from: ['validated', 'approved', 'deactivated'], to: 'activated' },
  deactivate: { by: consumer, from: ['activated', 'blocked'], to: 'deactivated' },
  suspend: { by: provider, from: ['activated', 'deactivated', 'approved', 'validated', 'blocked'], to: 'suspended' },
  /** To deactivated, or draft where it lacks an approval. */
  unsuspend: { by: provider, from: ['suspended'] },
  block: { by: either, from: ['activated'], to: 'blocked' },
  unblock: { by: consumer, from: ['blocked'], to: 'activated' },
  /** To where nothing is. Not by a consumer while it is suspended. */
  delete: { by: either, from: ['draft', 'validated', 'ready-to-submit', 'submitted', 'approved', 'rejected', 'deactivated', 'suspended', 'blocked'] },
} as const satisfies Record<string, Move>;

export type MoveName = keyof typeof moves;

export const allowedMoves = (state: SubscriptionState): MoveName[] => (Object.keys(moves) as MoveName[]).filter((name) => (moves[name] as Move).from.includes(state));

/** Those that this caller's role may make. What a move is refused for beside (an approval that lacks, a suspension) shows when it is made. */
export const movesOf = (state: SubscriptionState, { role }: Pick<Principal, 'role'>): MoveName[] =>
  allowedMoves(state).filter((name) => (moves[name] as Move).by.includes(role) && !isProvidersAlone(state, name, role));

/** What a provider has suspended, only a provider deletes. */
export const isProvidersAlone = (state: SubscriptionState, name: MoveName, role: Role): boolean => name === 'delete' && state === 'suspended' && !isOfNoTenant(role);

/** Throws Fault `illegal-move`. */
export function requireMove(state: SubscriptionState, name: MoveName): void {
  const allowed = allowedMoves(state);
  if (!allowed.includes(name)) throw new Fault('illegal-move', `${name} is not possible in the state ${state}, which allows: ${allowed.join(', ')}`);
}
