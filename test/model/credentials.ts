import type { Chance } from '../chaos/chance.js';
import type { Endpoints, Step } from './step.js';
import { usersOfCredential, type Credential, type World } from './world.js';

const CREDENTIALS = 5;

/** A step that creates, edits, reads or deletes a credential, allowed or not. */
export function credentialStep(world: World, chance: Chance, tenant: string, endpoints: Endpoints): Step {
  const draw = chance.next();
  if (!world.credentials.size || (world.credentials.size < CREDENTIALS && draw < 0.4)) return create(world, chance, tenant, endpoints);
  const credential = chance.pick([...world.credentials.values()]);
  if (draw < 0.7) return edit(world, chance, credential, endpoints);
  return draw < 0.85 ? look(chance, credential) : remove(world, credential);
}

/** Neither client id nor secret is ever shown. */
const shown = ({ name, version }: Credential): Step['answer'] => ({ name, version, hasClientId: true, hasClientSecret: true, clientId: undefined, clientSecret: undefined });

function create(world: World, chance: Chance, tenant: string, { tokenUrl, client }: Endpoints): Step {
  const name = `credential ${chance.between(1, 1e9)}`;
  const isWhole = chance.next() < 0.8;
  const as = chance.pick(['admin', 'consumer'] as const);
  const body = { name, tokenUrl, ...client, ...(isWhole ? {} : { clientSecret: '' }), ...(as === 'admin' ? { tenant } : {}) };
  const request = { as, method: 'POST', path: '/v1/credentials', body } as const;
  if (!isWhole) return { ...request, status: 422, answer: { code: 'invalid' } };
  const made = { name, version: 1 };
  return { ...request, status: 201, answer: shown({ id: '', ...made }), then: ({ id }) => world.credentials.set(String(id), { id: String(id), ...made }) };
}

function edit(world: World, chance: Chance, before: Credential, { tokenUrl, client }: Endpoints): Step {
  const request = { as: 'consumer', method: 'PATCH', path: `/v1/credentials/${before.id}` } as const;
  const name = `credential ${chance.between(1, 1e9)}`;
  const renamed = { ...before, name, version: before.version + 1 };
  // The secret must be given again for another origin.
  const elsewhere = { tokenUrl: tokenUrl.replace('127.0.0.1', 'localhost') };
  return chance.pick<Step>([
    { ...request, body: { name }, status: 200, answer: shown(renamed), then: () => world.credentials.set(before.id, renamed) },
    { ...request, body: { clientId: null, clientSecret: '' }, status: 200, answer: shown(before) },
    { ...request, body: elsewhere, status: 422, answer: { code: 'invalid' } },
    { ...request, body: { headers: { Host: 'acme.com' } }, status: 422, answer: { code: 'invalid' } },
    { ...request, as: 'stranger', body: { ...client }, status: 404, answer: { code: 'not-found' } },
    { ...request, as: 'viewer', body: { name }, status: 403, answer: { code: 'forbidden' } },
  ]);
}

const look = (chance: Chance, credential: Credential): Step => ({
  as: chance.pick(['admin', 'provider', 'consumer', 'viewer']),
  method: 'GET',
  path: `/v1/credentials/${credential.id}`,
  status: 200,
  answer: shown(credential),
});

function remove(world: World, { id }: Credential): Step {
  const request = { as: 'consumer', method: 'DELETE', path: `/v1/credentials/${id}` } as const;
  if (usersOfCredential(world, id)) return { ...request, status: 409, answer: { code: 'in-use' } };
  return { ...request, status: 204, then: () => world.credentials.delete(id) };
}
