import { setTimeout as delay } from 'node:timers/promises';
import { AuthorizationServer } from '@nuncio/fixtures';
import { Client } from 'pg';
import type { OwnStage } from '../chaos/own-stage.js';
import { eventually } from '../fleet/eventually.js';
import type { Archive } from './backup.js';
import { followRunbook } from './runbook.js';
import { Customer, Flow, insist, up, type Drilled } from './site.js';

const EVENTS = 5;
const client = { clientId: 'drill', clientSecret: 'a secret of the drill', authMethod: 'client_secret_basic' } as const;
/** The WAL identifies a time by the commits before and after it. */
const APART_MS = 1_500;

/** PostgreSQL is restored to an earlier time while dispatchers go on. */
export async function restored(stage: OwnStage, archive: Archive): Promise<Drilled> {
  const { fleet, services, stack } = stage;
  const { api } = fleet;
  const { postgres } = stack;
  if (!postgres) throw new Error('PostgreSQL is not ours to restore');
  const server = await AuthorizationServer.start({ clients: [client] });
  const [deleted, released, renewed] = await Promise.all([Customer.of(fleet), Customer.of(fleet), Customer.of(fleet)]);
  const credential = await renewed.tenant.credential(server, client);
  await api.patch(`/v1/callbacks/${renewed.callback}`, { authentication: { type: 'oauth2', credential } });
  await released.move('block');
  await released.publish(EVENTS, 'parked');
  const flow = await Flow.begin(fleet);
  await archive.backUp(stack.databaseUrl, postgres.data);
  await api.patch(`/v1/callbacks/${flow.callback}`, { name: 'before the moment' });
  await delay(APART_MS);
  const moment = await now(stack.databaseUrl);
  await delay(APART_MS);

  // Everything from here on is lost, except what was delivered.
  await api.patch(`/v1/callbacks/${flow.callback}`, { name: 'after the moment' });
  const later = await Customer.of(fleet);
  await later.publish(EVENTS, 'delivered');
  const { key, id: keyId } = await api.post<{ id: string; key: string }>('/v1/api-keys', { name: 'later', role: 'publisher' });
  await api.post(`/v1/subscriptions/${deleted.subscription}/deactivate`);
  await api.delete(`/v1/subscriptions/${deleted.subscription}`);
  await api.delete(`/v1/callbacks/${deleted.callback}`);
  await api.patch(`/v1/credentials/${credential}`, { name: 'after the moment' });
  await released.move('unblock');
  await released.all('delivered', EVENTS);
  await flow.goesOn();

  const from = Date.now();
  await Promise.all(['config-service', 'attempt-log'].map((name) => services.kill(name, 'SIGTERM')));
  await postgres.stop();
  await archive.restore(postgres, moment);
  const commandsAt = Date.now();
  const said = await followRunbook(stage, 'PostgreSQL was restored to an earlier moment', { MOMENT: moment });
  const commandSeconds = (Date.now() - commandsAt) / 1_000;
  insist(said.includes(`gone: callback ${later.callback}`) && said.includes(`gone: api-key ${keyId}`), `rebuild names what is gone: ${said}`);
  for (const name of ['config-service', 'attempt-log']) await up(services, name);
  await flow.tenant.inForce();
  await released.all('delivered', EVENTS);
  const seconds = (Date.now() - from) / 1_000;

  const callback = await api.get<{ name: string }>(`/v1/callbacks/${flow.callback}`);
  insist(callback.name === 'before the moment', `a callback is as it was at the moment: ${callback.name}`);
  insist((await api.call('GET', `/v1/callbacks/${later.callback}`)).status === 404, 'a callback that came after the moment is gone');
  await eventually(async () => {
    const { status } = await api.as(key).call('POST', '/v1/events', '{}', { 'ce-specversion': '1.0', 'ce-id': 'late', 'ce-source': '/drill', 'ce-type': 'order.created' });
    insist(status === 401, `a key that came after the moment is not accepted: ${status}`);
  });
  const before = [later.receiver, released.receiver].map(({ requests }) => requests.length);
  await Promise.all([later, deleted, renewed].map(({ tenant }) => tenant.publish([{ payload: '{}' }])));
  await deleted.all('delivered', 1);
  await renewed.all('delivered', 1);
  insist([later.receiver, released.receiver].every(({ requests }, i) => requests.length === before[i]) && before[1] === EVENTS, `nobody is called for what is gone, and what was released after the moment is not sent again: ${before.join(', ')}`);
  const answer = await flow.end();
  await eventually(async () => {
    const attempts = (await flow.tenant.attempts()).filter(({ outcome }) => outcome === 'delivered');
    insist(attempts.length >= answer.published, `the log has every delivery: ${attempts.length} of ${answer.published}`);
  });
  await Promise.all([...[deleted, released, renewed, later].map((customer) => customer.leave()), server.down()]);
  return { drill: 'PostgreSQL restored to an earlier moment', seconds, commandSeconds, ...answer, lost: 'changes of configuration after the moment, and bulk operations begun after it' };
}

async function now(url: string): Promise<string> {
  const client = new Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ now: Date }>('select now()');
    return rows[0]?.now.toISOString() ?? '';
  } finally {
    await client.end();
  }
}
