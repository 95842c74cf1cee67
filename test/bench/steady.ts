import type { Floor } from './floor/index.js';
import type { Installation } from './installation.js';
import { FIRST, Load } from './load.js';
import { measure, type Line } from './measurement.js';
import type { Options } from './options.js';

const SECONDS = 30;

/** 1,000 events a second for 30 s (`--rate`, `--seconds`). */
export async function steady(installation: Installation, floor: Floor, { rate, seconds }: Options): Promise<Line> {
  const lasting = seconds ?? SECONDS;
  const { services, stack, receiver } = installation;
  const load = new Load(stack.brokers, services.topicPrefix);
  await load.connect();
  await receiver.forget();
  const measuring = measure('steady', rate * lasting, floor, installation, load);
  await load.publishSteadily(FIRST.steady, rate, lasting);
  const line = await measuring;
  await load.disconnect();
  return line;
}
