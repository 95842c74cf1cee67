import type { Chance } from '../chaos/chance.js';
import type { Step } from './step.js';
import { DEFAULT_APPLICATION, isNameTaken, usersOfApplication, type World } from './world.js';

const APPLICATIONS = 6;

/** A step that creates, renames or deletes an application, allowed or not. */
export function applicationStep(world: World, chance: Chance, tenant: string): Step {
  const draw = chance.next();
  if (world.applications.size < APPLICATIONS && draw < 0.4) return create(world, chance, tenant);
  return draw < 0.7 ? rename(world, chance) : remove(world, chance);
}

/** Mostly a new name, sometimes one that exists. */
const someName = (world: World, chance: Chance): string => (chance.next() < 0.7 ? `application ${chance.between(1, 1e9)}` : chance.pick([...world.applications.values()]).name);

function create(world: World, chance: Chance, tenant: string): Step {
  const name = someName(world, chance);
  const as = chance.pick(['admin', 'consumer', 'provider'] as const);
  const request = { as, method: 'POST', path: '/v1/applications', body: { name, ...(as === 'admin' ? { tenant } : {}) } } as const;
  if (as === 'provider') return { ...request, status: 403, answer: { code: 'forbidden' } };
  if (isNameTaken(world, name)) return { ...request, status: 409, answer: { code: 'conflict' } };
  return { ...request, status: 201, answer: { name, tenant, version: 1 }, then: ({ id }) => world.applications.set(String(id), { id: String(id), name, version: 1 }) };
}

function rename(world: World, chance: Chance): Step {
  const before = chance.pick([...world.applications.values()]);
  const name = someName(world, chance);
  const request = { as: 'consumer', method: 'PATCH', path: `/v1/applications/${before.id}`, body: { name } } as const;
  if (name === before.name) return { ...request, status: 200, answer: { name, version: before.version } };
  if (before.name === DEFAULT_APPLICATION || isNameTaken(world, name)) return { ...request, status: 409, answer: { code: 'conflict' } };
  const after = { ...before, name, version: before.version + 1 };
  return { ...request, status: 200, answer: { name, version: after.version }, then: () => world.applications.set(after.id, after) };
}

function remove(world: World, chance: Chance): Step {
  const { id, name } = chance.pick([...world.applications.values()]);
  const request = { as: 'consumer', method: 'DELETE', path: `/v1/applications/${id}` } as const;
  if (name === DEFAULT_APPLICATION) return { ...request, status: 409, answer: { code: 'conflict' } };
  if (usersOfApplication(world, id)) return { ...request, status: 409, answer: { code: 'in-use' } };
  return { ...request, status: 204, then: () => world.applications.delete(id) };
}
