import type { Floor } from './floor/index.js';
import type { Installation } from './installation.js';
import { FIRST, Load } from './load.js';
import { measure, type Line } from './measurement.js';
import type { Options } from './options.js';

const CHUNK = 1_000;

/** Publishes 100,000 events (`--events`) before the dispatcher starts, and measures how fast it delivers them. */
export async function drain(installation: Installation, floor: Floor, { events }: Options): Promise<Line> {
  const { services, stack, receiver } = installation;
  await services.kill('dispatcher', 'SIGTERM');
  await receiver.forget();
  const load = new Load(stack.brokers, services.topicPrefix);
  await load.connect();
  for (let sent = 0; sent < events; sent += CHUNK) await load.publish(FIRST.drain + sent, CHUNK);
  await services.start('dispatcher');
  const line = await measure('drain', events, floor, installation, load);
  await load.disconnect();
  return line;
}
