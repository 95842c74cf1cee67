import { isDeepStrictEqual } from 'node:util';
import { always, Api, AuthorizationServer, Receiver } from '@nuncio/fixtures';
import { Chance } from '../chaos/chance.js';
import { eventually } from '../fleet/eventually.js';
import type { Fleet } from '../fleet/fleet.js';
import type { Body, Step } from './step.js';
import { nextStep } from './steps.js';
import { emptyWorld, type Application, type Caller, type Subscription, type World } from './world.js';

/** One in this many steps is a signal of a dispatcher, which is handled asynchronously. */
const SIGNAL_EVERY = 40;

interface Walk {
  readonly steps: number;
  /** How often each status was answered. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** Makes random steps through the API of a running installation. Throws at the first answer that differs from the model. */
export async function walk(fleet: Fleet, seed: number, steps: number): Promise<Walk> {
  const chance = new Chance(seed);
  const tenant = `model-${seed}-${Date.now().toString(36)}`;
  const callers = await callersOf(fleet.api, tenant);
  const [good, bad] = [await Receiver.start(), await Receiver.start(always({ status: 500 }))];
  const client = { clientId: tenant, clientSecret: `the secret of ${tenant}`, authMethod: 'client_secret_basic' } as const;
  const server = await AuthorizationServer.start({ clients: [client] });
  const [application] = await callers.consumer.all<Application>('/v1/applications');
  if (!application) throw new Error('a new tenant has no application');
  const world = emptyWorld(application);
  const statuses: Record<string, number> = {};
  try {
    for (let n = 0; n < steps; n++) {
      const step = nextStep(world, chance, tenant, { good: good.url, bad: bad.url, tokenUrl: server.tokenUrl, client });
      const { status } = await take(callers, step, `seed ${seed}, step ${n}`);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (n % SIGNAL_EVERY === SIGNAL_EVERY - 1) await signal(fleet, world, chance);
    }
    await compareWhole(callers.admin, world, tenant);
  } finally {
    await Promise.all([good.close(), bad.close(), server.down()]);
  }
  return { steps, statuses };
}

type Callers = Readonly<Record<Caller, Api>>;

async function callersOf(admin: Api, tenant: string): Promise<Callers> {
  const other = `${tenant}-other`;
  for (const id of [tenant, other]) await admin.post('/v1/tenants', { id, name: id });
  const withKey = async (role: string, of?: string): Promise<Api> => new Api(admin.url, (await admin.post<{ key: string }>('/v1/api-keys', { name: 'model', role, ...(of ? { tenant: of } : {}) })).key);
  return { admin, provider: await withKey('provider'), consumer: await withKey('consumer', tenant), viewer: await withKey('viewer', tenant), stranger: await withKey('consumer', other) };
}

async function take(callers: Callers, step: Step, place: string): Promise<{ status: number }> {
  const { as, method, path, body, ifMatch } = step;
  const { status, body: answered } = await callers[as].call<Body | null>(method, path, body, ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` });
  const answer = answered ?? {};
  const differs = Object.entries(step.answer ?? {}).filter(([name, value]) => !isDeepStrictEqual(answer[name], value));
  const missing = (step.words ?? []).filter((word) => !String(answer.detail).toLowerCase().includes(word.toLowerCase()));
  if (status !== step.status || differs.length || missing.length)
    throw new Error(`${place}: ${as} ${method} ${path} ${JSON.stringify(body)}\nexpected ${step.status} ${JSON.stringify(step.answer)} ${missing.join(' ')}\nanswered ${status} ${JSON.stringify(answer)}`);
  step.then?.(answer);
  return { status };
}

/**
 * A signal that delivery has given up blocks a subscription. If it is about an earlier state, nothing may happen, which later steps check.
 */
async function signal({ api, cluster }: Fleet, world: World, chance: Chance): Promise<void> {
  const sub = chance.pick([...world.subscriptions.values()]);
  const { items } = await api.get<{ items: { position: number; tenant: string }[] }>(`/v1/audit?kind=subscription&id=${sub.id}&limit=1`);
  const [{ position, tenant } = { position: 0, tenant: '' }] = items;
  const stale = sub.state !== 'activated' || chance.next() < 0.4;
  const value = { signal: 'exhausted', subscription: sub.id, callback: sub.callback, tenant, position: stale ? position - 1 : position, at: Date.now(), errorClass: 'http', status: 503 };
  await cluster.send('signals', [{ key: sub.id, value: JSON.stringify(value) }]);
  if (stale) return;
  const blocked: Subscription = { ...sub, state: 'blocked', reason: 'http 503', version: sub.version + 1 };
  await eventually(async () => {
    const { state, reason, version } = await api.get<Subscription>(`/v1/subscriptions/${sub.id}`);
    if (!isDeepStrictEqual([state, reason, version], [blocked.state, blocked.reason, blocked.version])) throw new Error(`${sub.id} is ${state} ${reason ?? ''} at ${version}, and should be blocked at ${blocked.version}`);
  });
  world.subscriptions.set(sub.id, blocked);
}

/** Compares lists, and the audit, which must have one event for each version. */
async function compareWhole(api: Api, world: World, tenant: string): Promise<void> {
  for (const kind of ['applications', 'credentials', 'callbacks', 'subscriptions'] as const) {
    const listed = plain(await api.all<Subscription>(`/v1/${kind}`, { tenant }));
    const expected = plain(world[kind].values());
    if (!isDeepStrictEqual(listed, expected)) throw new Error(`${kind} are ${listed.join('; ')}, the model has ${expected.join('; ')}`);
    for (const { id, version } of world[kind].values()) {
      const { length } = await api.all('/v1/audit', { id });
      if (length !== version) throw new Error(`${id} is at version ${version}, and ${length} events are on record`);
    }
  }
}

const plain = (listed: Iterable<{ id: string; version: number } & Partial<Subscription>>): string[] =>
  Array.from(listed, ({ id, version, state, approved }) => [id, version, state, approved].join(' ')).sort();
