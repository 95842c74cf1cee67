import type { Floor } from './floor/index.js';
import type { Installation } from './installation.js';
import { FIRST, HttpLoad, Load } from './load.js';
import { measure, reached, type Line } from './measurement.js';
import type { Options } from './options.js';

const SECONDS = 30;
const WARM_UP_SECONDS = 5;

/** 1,000 events a second for 30 s (`--rate`, `--seconds`), directly to Kafka or over HTTP (`--http`), after a warm-up of 5 s. */
export async function steady(installation: Installation, floor: Floor, { rate, http, seconds }: Options): Promise<Line> {
  const lasting = seconds ?? SECONDS;
  const { services, stack, receiver } = installation;
  const load = http ? new HttpLoad(installation) : new Load(stack.brokers, services.topicPrefix);
  await load.connect();
  await receiver.forget();
  const warmUp = rate * WARM_UP_SECONDS;
  await load.publishSteadily(FIRST.steady, rate, WARM_UP_SECONDS);
  await reached(`arrived of ${warmUp} to warm up`, () => receiver.count(), (value) => value >= warmUp);
  await receiver.forget();
  const measuring = measure('steady', rate * lasting, floor, installation, load);
  await load.publishSteadily(FIRST.steady + warmUp, rate, lasting);
  const line = await measuring;
  await load.disconnect();
  return line;
}
