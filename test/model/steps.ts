import type { Chance } from '../chaos/chance.js';
import { applicationStep } from './applications.js';
import { credentialStep } from './credentials.js';
import type { Body, Endpoints, Step } from './step.js';
import { allowed, DEFAULT_APPLICATION, edited, isSuspended, isTypeUsed, lacksApproval, moved, moves, needsApproval, ruleOf, takenBack, twinOf, usersOfCallback, type Callback, type Caller, type EventType, type Move, type Subscription, type World } from './world.js';

const SAMPLES_A_MINUTE = 10;
const TYPES = 6;
const CALLBACKS = 10;
const SUBSCRIPTIONS = 24;

/** A random next step: mostly moves of subscriptions, and mostly allowed ones. */
export function nextStep(world: World, chance: Chance, tenant: string, endpoints: Endpoints): Step {
  const draw = chance.next();
  if (world.types.size < 2 || (draw < 0.02 && world.types.size < TYPES)) return createType(world, chance, tenant);
  if (world.callbacks.size < 2 || (draw < 0.06 && world.callbacks.size < CALLBACKS)) return createCallback(world, chance, tenant, endpoints);
  if (world.subscriptions.size < 3 || (draw < 0.16 && world.subscriptions.size < SUBSCRIPTIONS)) return createSubscription(world, chance, tenant);
  if (draw < 0.18) return changeType(world, chance);
  if (draw < 0.2) return deleteType(world, chance);
  if (draw < 0.24) return editCallback(world, chance);
  if (draw < 0.26) return deleteCallback(world, chance);
  if (draw < 0.3) return applicationStep(world, chance, tenant);
  if (draw < 0.34) return credentialStep(world, chance, tenant, endpoints);
  if (draw < 0.4) return look(world, chance);
  const move = chance.pick(moves);
  const fitting = [...world.subscriptions.values()].filter(({ state }) => allowed(state).includes(move));
  const sub = fitting.length && chance.next() < 0.7 ? chance.pick(fitting) : chance.pick([...world.subscriptions.values()]);
  return moveStep(world, chance, sub, move);
}

function createType(world: World, chance: Chance, tenant: string): Step {
  const type: EventType = { name: `${tenant}.${chance.between(1, 1e9)}`, approval: chance.pick(['none', 'required']) };
  return { as: chance.pick(['admin', 'provider']), method: 'POST', path: '/v1/event-types', body: { ...type }, status: 201, answer: { ...type, version: 1 }, then: () => world.types.set(type.name, type) };
}

function changeType(world: World, chance: Chance): Step {
  const type = chance.pick([...world.types.values()]);
  const approval = type.approval === 'none' ? 'required' : 'none';
  return { as: 'provider', method: 'PATCH', path: `/v1/event-types/${type.name}`, body: { approval }, status: 200, answer: { approval }, then: () => world.types.set(type.name, { ...type, approval }) };
}

function deleteType(world: World, chance: Chance): Step {
  const { name } = chance.pick([...world.types.values()]);
  const path = `/v1/event-types/${name}`;
  if (isTypeUsed(world, name)) return { as: 'provider', method: 'DELETE', path, status: 409, answer: { code: 'in-use' } };
  return { as: 'provider', method: 'DELETE', path, status: 204, then: () => world.types.delete(name) };
}

function createCallback(world: World, chance: Chance, tenant: string, { good, bad }: Endpoints): Step {
  const answers = chance.next() < 0.8;
  const name = `callback ${chance.between(1, 1e9)}`;
  const as = chance.pick(['admin', 'consumer'] as const);
  const application = chance.pick([...world.applications.values()]);
  const credential = someCredential(world, chance);
  const body = {
    name,
    url: answers ? good : bad,
    ...(as === 'admin' ? { tenant } : {}),
    ...(application.name === DEFAULT_APPLICATION ? {} : { application: application.id }),
    ...(credential === null ? {} : { authentication: authenticationOf(credential) }),
  };
  const then = ({ id }: Body): unknown =>
    world.callbacks.set(String(id), { id: String(id), name, application: application.id, credential, answers, timeoutMs: 15_000, version: 1, samples: 0 });
  const answer = { name, tenant, application: application.id, authentication: authenticationOf(credential), version: 1, timeoutMs: 15_000, enabled: true };
  return { as, method: 'POST', path: '/v1/callbacks', body, status: 201, answer, then };
}

const someCredential = (world: World, chance: Chance): string | null => (world.credentials.size && chance.next() < 0.4 ? chance.pick([...world.credentials.keys()]) : null);
const authenticationOf = (credential: string | null): Body => (credential === null ? { type: 'none' } : { type: 'oauth2', credential });

function editCallback(world: World, chance: Chance): Step {
  const before = chance.pick([...world.callbacks.values()]);
  const request = { as: 'consumer', method: 'PATCH', path: `/v1/callbacks/${before.id}` } as const;
  if (chance.next() < 0.1) return { ...request, body: { authentication: authenticationOf('cred_none') }, status: 422, answer: { code: 'invalid' } };
  const authenticated = chance.next() < 0.5;
  const credential = authenticated ? someCredential(world, chance) : before.credential;
  const timeoutMs = authenticated ? before.timeoutMs : chance.between(1_000, 30_000);
  const isSame = credential === before.credential && timeoutMs === before.timeoutMs;
  const after: Callback = { ...before, timeoutMs, credential, version: before.version + (isSame ? 0 : 1) };
  const body = authenticated ? { authentication: credential === null ? null : authenticationOf(credential) } : { timeoutMs };
  const isAnother = credential !== before.credential;
  const affected = [...world.subscriptions.values()].filter(({ callback, eventTypes, state }) => isAnother && callback === before.id && needsApproval(world, eventTypes) && state !== 'draft');
  const approvalTakenBack = affected.map((sub) => ({ subscription: sub.id, from: sub.state, to: takenBack(sub).state }));
  const answer = { timeoutMs, authentication: authenticationOf(credential), version: after.version, affectedSubscriptions: usersOfCallback(world, before.id), approvalTakenBack };
  const then = (): void => {
    world.callbacks.set(before.id, after);
    for (const sub of affected) world.subscriptions.set(sub.id, takenBack(sub));
  };
  return { ...request, body, status: 200, answer, then };
}

function deleteCallback(world: World, chance: Chance): Step {
  const { id } = chance.pick([...world.callbacks.values()]);
  const path = `/v1/callbacks/${id}`;
  if (usersOfCallback(world, id)) return { as: 'consumer', method: 'DELETE', path, status: 409, answer: { code: 'in-use' } };
  return { as: 'consumer', method: 'DELETE', path, status: 204, then: () => world.callbacks.delete(id) };
}

function someTypes(world: World, chance: Chance): string[] {
  if (chance.next() < 0.15) return ['*'];
  return chance.shuffled([...world.types.keys()]).slice(0, chance.between(1, 2));
}

const FILTERS: readonly (object | null)[] = [
  null,
  null,
  { exact: { subject: 'a' } },
  { any: [{ prefix: { subject: 'b' } }, { not: { exact: { '/data/amount': 1 } } }] },
];

function createSubscription(world: World, chance: Chance, tenant: string): Step {
  const callback = chance.pick([...world.callbacks.values()]);
  const eventTypes = someTypes(world, chance);
  const path = '/v1/subscriptions';
  if (chance.next() < 0.05) return { as: 'stranger', method: 'POST', path, body: { callback: callback.id, eventTypes }, status: 422, answer: { code: 'invalid' }, words: ['invalid'] };
  if (chance.next() < 0.05) return { as: 'consumer', method: 'POST', path, body: { callback: callback.id, eventTypes, filter: { exact: {} } }, status: 422, answer: { code: 'invalid' } };
  const filter = chance.pick(FILTERS);
  const body: Body = { callback: callback.id, eventTypes, filter };
  if (isSuspended(world, eventTypes)) return { as: 'consumer', method: 'POST', path, body, status: 409, answer: { code: 'suspended' } };
  const twin = twinOf(world, { callback: callback.id, eventTypes, filter });
  if (twin && twin.state !== 'draft') return { as: 'consumer', method: 'POST', path, body, status: 409, answer: { code: 'conflict' } };
  const draft: Subscription = twin ?? { id: '', callback: callback.id, eventTypes, filter, state: 'draft', reason: null, approved: false, wasActive: false, version: 1 };
  const remember = (sub: Subscription) => ({ id }: Body) => world.subscriptions.set(String(id), { ...sub, id: String(id) });
  if (chance.next() < 0.5 || callback.samples >= SAMPLES_A_MINUTE) return { as: 'consumer', method: 'POST', path, body, status: 201, answer: shown(draft, tenant), then: remember(draft) };
  const verified = callback.answers ? moved(world, draft, 'verify', null) : draft;
  const after = verified.state === 'validated' ? moved(world, verified, 'activate', null) : verified;
  world.callbacks.set(callback.id, { ...callback, samples: callback.samples + 1 });
  return { as: 'consumer', method: 'POST', path, body: { ...body, activate: true }, status: 201, answer: shown(after, tenant), then: remember(after) };
}

/** A subscription as an answer shows it. `id` is known after the first answer. */
const shown = ({ id, callback, eventTypes, filter, state, reason, approved, version }: Subscription, tenant?: string): Body => ({
  ...(id ? { id } : {}),
  ...(tenant ? { tenant } : {}),
  callback,
  eventTypes,
  filter,
  state,
  reason,
  approved,
  version,
});

function look(world: World, chance: Chance): Step {
  if (world.gone.length && chance.next() < 0.2) return { as: chance.pick(['admin', 'consumer']), method: 'GET', path: `/v1/subscriptions/${chance.pick(world.gone)}`, status: 404, answer: { code: 'not-found' } };
  const sub = chance.pick([...world.subscriptions.values()]);
  if (chance.next() < 0.3) return { as: 'stranger', method: 'GET', path: `/v1/subscriptions/${sub.id}`, status: 404, answer: { code: 'not-found' } };
  return { as: chance.pick(['admin', 'provider', 'consumer', 'viewer']), method: 'GET', path: `/v1/subscriptions/${sub.id}`, status: 200, answer: shown(sub) };
}

/** A move, allowed or not in this state, by a caller who may or may not make it, with a present or outdated version. */
function moveStep(world: World, chance: Chance, sub: Subscription, move: Move): Step {
  const rule = ruleOf(move);
  const may: Caller[] = rule.by.filter((one) => one !== 'stranger');
  const as = chance.next() < 0.9 ? chance.pick(may) : chance.pick<Caller>(['provider', 'consumer', 'viewer', 'stranger']);
  const fields = chance.next() < 0.7 ? { eventTypes: someTypes(world, chance) } : { filter: chance.pick(FILTERS) };
  const reason = move !== 'verify' && chance.next() < 0.3 ? `reason ${chance.between(1, 9)}` : null;
  const request = {
    as,
    ...(move === 'edit' ? { method: 'PATCH' as const, path: `/v1/subscriptions/${sub.id}`, body: fields } : {}),
    ...(move === 'delete' ? { method: 'DELETE' as const, path: `/v1/subscriptions/${sub.id}` } : {}),
    ...(move !== 'edit' && move !== 'delete' ? { method: 'POST' as const, path: `/v1/subscriptions/${sub.id}/${move}`, body: reason === null ? {} : { reason } } : {}),
  } as Pick<Step, 'as' | 'method' | 'path' | 'body'>;
  if (!rule.by.includes(as)) return { ...request, status: 403, answer: { code: 'forbidden' } };
  if (as === 'stranger') return { ...request, status: 404, answer: { code: 'not-found' } };
  const seen = chance.next() < 0.2 ? chance.pick([sub.version, sub.version + 1]) : null;
  const guarded = seen === null ? request : { ...request, ifMatch: seen };
  if (seen !== null && seen !== sub.version) return { ...guarded, status: 412, answer: { code: 'stale' } };
  if (!rule.from.includes(sub.state)) return { ...guarded, status: 409, answer: { code: 'illegal-move' }, words: [move, `state ${sub.state}`, allowed(sub.state).join(', ')] };
  if (move === 'delete' && sub.state === 'suspended' && as === 'consumer') return { ...guarded, status: 409, answer: { code: 'suspended' } };
  if (move === 'delete') return { ...guarded, status: 204, then: () => world.subscriptions.delete(sub.id) && world.gone.push(sub.id) };
  if (move === 'verify') return verifyStep(world, sub, guarded);
  if (move === 'edit') return editStep(world, sub, fields, guarded);
  if (move === 'activate' && lacksApproval(world, sub)) return { ...guarded, status: 409, answer: { code: 'illegal-move' }, words: ['approval'] };
  if ((move === 'activate' || move === 'unblock') && isSuspended(world, sub.eventTypes)) return { ...guarded, status: 409, answer: { code: 'suspended' } };
  const after = moved(world, sub, move, reason);
  return { ...guarded, status: 200, answer: shown(after), then: () => world.subscriptions.set(sub.id, after) };
}

function verifyStep(world: World, sub: Subscription, request: Pick<Step, 'as' | 'method' | 'path' | 'body'>): Step {
  const callback = world.callbacks.get(sub.callback);
  // Ten samples a minute are allowed. The model has no clock, so it counts all of them.
  if (!callback || callback.samples >= SAMPLES_A_MINUTE) return { as: 'consumer', method: 'GET', path: `/v1/subscriptions/${sub.id}`, status: 200, answer: shown(sub) };
  const after = callback.answers ? moved(world, sub, 'verify', null) : sub;
  const then = (): void => {
    world.callbacks.set(callback.id, { ...callback, samples: callback.samples + 1 });
    world.subscriptions.set(sub.id, after);
  };
  return { ...request, status: 200, answer: shown(after), then };
}

function editStep(world: World, sub: Subscription, fields: Partial<Pick<Subscription, 'eventTypes' | 'filter'>>, request: Pick<Step, 'as' | 'method' | 'path' | 'body'>): Step {
  const after = edited(world, sub, fields);
  if (!after) return { ...request, status: 409, answer: { code: 'conflict' }, words: ['create another subscription'] };
  if (after !== sub && fields.eventTypes && isSuspended(world, fields.eventTypes)) return { ...request, status: 409, answer: { code: 'suspended' } };
  if (after !== sub && twinOf(world, after, sub.id)) return { ...request, status: 409, answer: { code: 'conflict' } };
  return { ...request, status: 200, answer: shown(after), then: () => world.subscriptions.set(sub.id, after) };
}
