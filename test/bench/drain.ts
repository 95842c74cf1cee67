import type { Floor } from './floor/index.js';
import type { Installation } from './installation.js';
import { FIRST, HttpLoad, Load } from './load.js';
import { measure, type Line } from './measurement.js';
import type { Options } from './options.js';

const CHUNK = 1_000;

/**
 * Publishes 100,000 events (`--events`) before the dispatcher starts, and measures how fast it delivers them. With `--http` it publishes them over HTTP while the
 * dispatcher runs, as fast as the gateway takes them.
 */
export async function drain(installation: Installation, floor: Floor, { events, http }: Options): Promise<Line> {
  const { stack, services, receiver } = installation;
  const load = http ? new HttpLoad(installation) : new Load(stack.brokers, services.topicPrefix);
  await load.connect();
  const publish = async (): Promise<void> => {
    for (let sent = 0; sent < events; sent += CHUNK) await load.publish(FIRST.drain + sent, Math.min(CHUNK, events - sent));
  };
  if (!http) {
    await services.kill('dispatcher', 'SIGTERM');
    await publish();
  }
  await receiver.forget();
  const [line] = await Promise.all([measure('drain', events, floor, installation, load), http ? publish() : services.start('dispatcher')]);
  await load.disconnect();
  return line;
}
