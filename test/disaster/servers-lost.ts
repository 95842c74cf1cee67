import { Redis } from 'ioredis';
import type { OwnStage } from '../chaos/own-stage.js';
import { Flow, type Drilled } from './site.js';

const AWAY_MS = 10_000;

/** Redis dies, and comes back empty ten seconds later. */
export async function redisLost({ fleet, servers, stack }: OwnStage): Promise<Drilled> {
  const flow = await Flow.begin(fleet);
  const redis = new Redis(stack.redisUrl);
  await redis.flushall();
  redis.disconnect();
  const from = Date.now();
  await servers.kill('Redis', AWAY_MS);
  await flow.goesOn();
  const seconds = (Date.now() - from) / 1_000;
  return { drill: 'Redis lost', seconds, commandSeconds: 0, ...(await flow.end()), lost: 'nothing: tokens are fetched anew' };
}

/** One of three brokers dies, and is back half a minute later. The others go on. */
export async function brokerLost({ fleet, servers }: OwnStage): Promise<Drilled> {
  const flow = await Flow.begin(fleet);
  const from = Date.now();
  await servers.brokers.kill(3 * AWAY_MS, [1]);
  await flow.goesOn();
  const seconds = (Date.now() - from) / 1_000;
  return { drill: 'one Kafka broker of three lost', seconds, commandSeconds: 0, ...(await flow.end()), lost: 'nothing' };
}
