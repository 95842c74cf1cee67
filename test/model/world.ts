import { isDeepStrictEqual } from 'node:util';

/** Configuration as these tests expect it, written from the documentation and not from the services' code. */
type State = 'draft' | 'validated' | 'ready-to-submit' | 'submitted' | 'approved' | 'rejected' | 'activated' | 'deactivated' | 'suspended' | 'blocked';
export type Caller = 'admin' | 'provider' | 'consumer' | 'viewer' | 'stranger';

export interface EventType {
  readonly name: string;
  readonly approval: 'none' | 'required';
}

export interface Application {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

/** Every tenant has this application, and keeps it. */
export const DEFAULT_APPLICATION = 'default';

export interface Credential {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

export interface Callback {
  readonly id: string;
  readonly name: string;
  readonly application: string;
  /** null = no OAuth. */
  readonly credential: string | null;
  /** Whether its endpoint accepts samples. */
  readonly answers: boolean;
  readonly timeoutMs: number;
  readonly version: number;
  /** Samples sent to it so far; ten a minute are allowed. */
  readonly samples: number;
}

export interface Subscription {
  readonly id: string;
  readonly callback: string;
  readonly eventTypes: readonly string[];
  /** null = no filter. */
  readonly filter: object | null;
  readonly state: State;
  readonly reason: string | null;
  readonly approved: boolean;
  /** Whether it was active since it was last a draft. */
  readonly wasActive: boolean;
  readonly version: number;
}

export interface World {
  readonly types: Map<string, EventType>;
  readonly applications: Map<string, Application>;
  readonly credentials: Map<string, Credential>;
  readonly callbacks: Map<string, Callback>;
  readonly subscriptions: Map<string, Subscription>;
  /** Ids of deleted subscriptions. */
  readonly gone: string[];
}

/** The state of a new tenant. */
export const emptyWorld = (application: Application): World => ({ types: new Map(), applications: new Map([[application.id, application]]), credentials: new Map(), callbacks: new Map(), subscriptions: new Map(), gone: [] });

interface Rule {
  readonly by: readonly Caller[];
  readonly from: readonly State[];
  readonly to?: State;
}

const consumer: readonly Caller[] = ['admin', 'consumer', 'stranger'];
const provider: readonly Caller[] = ['admin', 'provider'];

/** In the order in which a refusal lists the moves. */
const rules = {
  edit: { by: consumer, from: ['draft', 'validated', 'ready-to-submit', 'rejected', 'activated', 'blocked', 'deactivated'] },
  verify: { by: consumer, from: ['draft', 'validated', 'ready-to-submit', 'blocked'] },
  submit: { by: consumer, from: ['ready-to-submit'], to: 'submitted' },
  approve: { by: provider, from: ['submitted'], to: 'approved' },
  reject: { by: provider, from: ['submitted'], to: 'rejected' },
  activate: { by: consumer, from: ['validated', 'approved', 'deactivated'], to: 'activated' },
  deactivate: { by: consumer, from: ['activated', 'blocked'], to: 'deactivated' },
  suspend: { by: provider, from: ['activated', 'deactivated', 'approved', 'validated', 'blocked'], to: 'suspended' },
  unsuspend: { by: provider, from: ['suspended'] },
  block: { by: [...consumer, 'provider'], from: ['activated'], to: 'blocked' },
  unblock: { by: consumer, from: ['blocked'], to: 'activated' },
  delete: { by: [...consumer, 'provider'], from: ['draft', 'validated', 'ready-to-submit', 'submitted', 'approved', 'rejected', 'deactivated', 'suspended', 'blocked'] },
} as const satisfies Record<string, Rule>;

export type Move = keyof typeof rules;
export const moves = Object.keys(rules) as Move[];

export const ruleOf = (move: Move): Rule => rules[move];
export const allowed = (state: State): Move[] => moves.filter((move) => ruleOf(move).from.includes(state));

/** The subscription after an allowed move. A verification that fails changes nothing. */
export function moved(world: World, sub: Subscription, move: Move, reason: string | null): Subscription {
  const version = sub.version + 1;
  if (move === 'verify') return sub.state === 'blocked' ? { ...sub, version } : { ...sub, version, reason: null, state: needsApproval(world, sub.eventTypes) ? 'ready-to-submit' : 'validated' };
  const state = move === 'unsuspend' ? (lacksApproval(world, sub) ? 'draft' : 'deactivated') : (ruleOf(move).to ?? sub.state);
  return { ...sub, version, reason, state, approved: sub.approved || move === 'approve', wasActive: sub.wasActive || state === 'activated' };
}

/** Whether it needs an approval. It does not if it was approved, or was active before its types required approval. */
export const lacksApproval = (world: World, sub: Subscription): boolean => !sub.approved && !sub.wasActive && needsApproval(world, sub.eventTypes);

const IN_PLACE: readonly State[] = ['activated', 'blocked', 'deactivated'];

/** The subscription after an edit; null = the edit is refused. The same values change nothing. */
export function edited(world: World, sub: Subscription, fields: Partial<Pick<Subscription, 'eventTypes' | 'filter'>>): Subscription | null {
  const { eventTypes = sub.eventTypes, filter = sub.filter } = fields;
  const isFilterSame = isDeepStrictEqual(filter, sub.filter);
  if (isFilterSame && isDeepStrictEqual(eventTypes, sub.eventTypes)) return sub;
  const version = sub.version + 1;
  if (!IN_PLACE.includes(sub.state)) return { ...sub, ...fields, state: 'draft', reason: null, approved: false, wasActive: false, version };
  const approvable = eventTypes.filter((name) => needsApproval(world, [name]));
  if (approvable.some((name) => !sub.eventTypes.includes(name)) || (approvable.length > 0 && !isFilterSame)) return null;
  return { ...sub, ...fields, version };
}

/** The subscription after its callback's receiver has changed: it must be verified and approved again. */
export const takenBack = (sub: Subscription): Subscription =>
  sub.state === 'draft'
    ? sub
    : { ...sub, state: sub.state === 'suspended' ? 'suspended' : 'draft', reason: sub.state === 'suspended' ? sub.reason : 'the credential of its callback was changed', approved: false, wasActive: false, version: sub.version + 1 };

/** Whether both lists cover a common type. */
function overlap(world: World, some: readonly string[], others: readonly string[]): boolean {
  const isCovered = (names: readonly string[], { name, approval }: EventType): boolean => names.includes(name) || (names.includes('*') && approval === 'none');
  return (some.includes('*') && others.includes('*')) || [...world.types.values()].some((type) => isCovered(some, type) && isCovered(others, type));
}

/** Whether a suspended subscription keeps these types from others. */
export const isSuspended = (world: World, names: readonly string[]): boolean => [...world.subscriptions.values()].some(({ state, eventTypes }) => state === 'suspended' && overlap(world, names, eventTypes));

export const needsApproval = (world: World, names: readonly string[]): boolean => names.some((name) => world.types.get(name)?.approval === 'required');

/** Another subscription with the same callback, filter and types in any order; `id` is the subscription itself. */
export const twinOf = (world: World, { callback, eventTypes: names, filter }: Pick<Subscription, 'callback' | 'eventTypes' | 'filter'>, id?: string): Subscription | undefined =>
  [...world.subscriptions.values()].find(
    (sub) => sub.id !== id && sub.callback === callback && [...sub.eventTypes].sort().join() === [...names].sort().join() && isDeepStrictEqual(sub.filter, filter),
  );

export const usersOfCallback = (world: World, id: string): number => [...world.subscriptions.values()].filter(({ callback }) => callback === id).length;
export const isTypeUsed = (world: World, name: string): boolean => [...world.subscriptions.values()].some(({ eventTypes }) => eventTypes.includes(name));
export const usersOfApplication = (world: World, id: string): number => [...world.callbacks.values()].filter(({ application }) => application === id).length;
export const usersOfCredential = (world: World, id: string): number => [...world.callbacks.values()].filter(({ credential }) => credential === id).length;
export const isNameTaken = (world: World, name: string): boolean => [...world.applications.values()].some((application) => application.name === name);
