import { exitOnSignal } from '@nuncio/embedded';
import { burst } from './burst.js';
import { consoleInBrowser } from './console.js';
import { drain } from './drain.js';
import { fanout } from './fanout.js';
import { measureFloor, type Floor } from './floor/index.js';
import { filters } from './filters.js';
import { held } from './held.js';
import { idle } from './idle.js';
import { ingest } from './ingest.js';
import { Installation } from './installation.js';
import { log as storing } from './log/index.js';
import { queries } from './log/queries.js';
import { neighbour } from './neighbour.js';
import { operation } from './operation.js';
import { readProfiles } from './profile.js';
import { readArguments, type Options } from './options.js';
import { retry } from './retry.js';
import { scale } from './scale.js';
import { steady } from './steady.js';
import { subscriptions } from './subscriptions.js';
import { tokens } from './tokens.js';

const FLOOR_EVENTS = 50_000;

/**
 * `npm run bench [-- name… --rate n …]`, see `readArguments`. Prints one line of JSON per benchmark on standard output, progress on standard
 * error.
 */
const benches: Readonly<Record<string, (installation: Installation, options: Options) => Promise<object>>> = {
  idle,
  drain: async (installation, options) => drain(installation, await floorOf(installation), options),
  steady: async (installation, options) => steady(installation, await floorOf(installation), options),
  neighbour,
  burst,
  held,
  operation,
  retry,
  fanout,
  subscriptions,
  tokens,
  log: storing,
  ingest,
  filters,
  console: consoleInBrowser,
  scale,
  'log-queries': queries,
};
/** These take many minutes and gigabytes, or need a browser. */
const ONLY_WHEN_ASKED = ['log-queries', 'scale', 'console'];

const { names: asked, options } = readArguments(process.argv.slice(2));
const names = Object.keys(benches);
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`there is no benchmark ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(2);
}

exitOnSignal();
const installation = await Installation.start(log, options);
try {
  for (const [name, bench] of Object.entries(benches).filter(([one]) => (asked.length === 0 ? !ONLY_WHEN_ASKED.includes(one) : asked.includes(one)))) {
    log(name);
    console.log(JSON.stringify(await bench(installation, options)));
  }
} finally {
  await installation.stop();
}
if (options.profile !== null) console.log(JSON.stringify({ profile: await readProfiles(options.profile) }));

/** Measured right before what it is compared with, since a machine's speed varies. */
function floorOf({ stack, receiver }: Installation): Promise<Floor> {
  log(`the bare loop, ${FLOOR_EVENTS} events`);
  return measureFloor(stack.brokers, receiver.url, FLOOR_EVENTS);
}

function log(line: string): void {
  console.error(line);
}
