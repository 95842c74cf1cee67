import { always } from '@nuncio/fixtures';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { eventually } from '../fleet/eventually.js';
import { followRunbook } from './runbook.js';
import { Customer, Flow, insist, up, type Drilled, type Site } from './site.js';

const EVENTS = 5;
const NEVER_AGAIN = { retry: { delaysSeconds: [] } };

/** The schema `log` is dropped. Redis no longer remembers what was delivered. */
export async function logLost(site: Site): Promise<Drilled> {
  const { fleet, services, stack } = site;
  const [delivered, failed, released, parked] = await Promise.all([Customer.of(fleet), Customer.of(fleet, NEVER_AGAIN), Customer.of(fleet), Customer.of(fleet)]);
  failed.receiver.answer(always({ status: 500 }));
  await Promise.all([released.move('block'), parked.move('block')]);
  await Promise.all([delivered.publish(EVENTS, 'delivered'), failed.publish(EVENTS, 'failed'), released.publish(EVENTS, 'parked'), parked.publish(EVENTS, 'parked')]);
  await released.move('unblock');
  await released.all('delivered', EVENTS);
  const flow = await Flow.begin(fleet);

  const from = Date.now();
  await sql(stack.databaseUrl, 'drop schema log cascade');
  await forget(stack.redisUrl, services.topicPrefix);
  await services.kill('attempt-log', 'SIGTERM');
  const commandsAt = Date.now();
  await followRunbook(site, 'The schema log is gone');
  const commandSeconds = (Date.now() - commandsAt) / 1_000;
  await up(services, 'attempt-log');
  await delivered.all('delivered', EVENTS);
  await failed.all('failed', EVENTS);
  await released.all('delivered', EVENTS);
  await parked.all('parked', EVENTS);
  const seconds = (Date.now() - from) / 1_000;

  const failures = await eventually(async () => {
    const found = await fleet.api.all('/v1/dead-letters', { tenant: failed.tenant.id });
    insist(found.length === EVENTS, `dead letters are found again: ${found.length} of ${EVENTS} are`);
    return found;
  });
  const attempts = await delivered.tenant.attempts();
  insist(attempts.length === EVENTS && failures.length === EVENTS, `every attempt is found again: ${attempts.length} of ${EVENTS} are`);
  await parked.move('unblock');
  await parked.all('delivered', EVENTS);
  const sent = [delivered, failed, released, parked].map(({ receiver }) => receiver.requests.length);
  insist(sent.every((count) => count === EVENTS), `nothing goes out again, and what was parked goes out once: ${sent.join(', ')} requests instead of ${EVENTS} each`);
  await Promise.all([delivered, failed, released, parked].map((customer) => customer.leave()));
  return { drill: 'schema log lost', seconds, commandSeconds, ...(await flow.end()), lost: 'bulk operations, and what is older than the topics keep' };
}

async function sql(url: string, text: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Deletes what dispatchers remember of this installation's events and attempts. */
async function forget(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys(`${prefix}:seen:*`);
    if (keys.length) await redis.del(...keys);
  } finally {
    redis.disconnect();
  }
}
