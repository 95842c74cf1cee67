import type { Floor } from './floor/index.js';
import type { Installation } from './installation.js';
import { Load } from './load.js';
import { measure, type Line } from './measurement.js';

const SECONDS = 30;
const PER_SECOND = 1_000;
/** Numbers that no event of another benchmark has: a repeated (`ce_source`, `ce_id`) would be dropped. */
const FIRST = 1_000_000;

/** 1,000 events a second for 30 s. */
export async function steady(installation: Installation, floor: Floor): Promise<Line> {
  const { services, stack, receiver } = installation;
  const load = new Load(stack.brokers, services.topicPrefix);
  await load.connect();
  await receiver.forget();
  const measuring = measure('steady', PER_SECOND * SECONDS, floor, installation, load);
  await load.publishSteadily(FIRST, PER_SECOND, SECONDS);
  const line = await measuring;
  await load.disconnect();
  return line;
}
