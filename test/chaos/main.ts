import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exitOnSignal } from '@nuncio/embedded';
import { comeAndGo, ON_WAKING_AT_MOST, standStill } from './fleet-changes.js';
import { mutantWorkspace } from './mutant-workspace.js';
import { mutants, type Mutant } from './mutants.js';
import { outage, outagesOf } from './outages.js';
import { ownStage, type OwnStage } from './own-stage.js';
import { run, type Run } from './run.js';
import type { Stage } from './stage.js';

/**
 * `npm run chaos [-- --seeds 20] [--seconds 30] [--seed 7] [--outage 60] [--standstill 60] [--brokers 3] [--mutant <name>|all]`. Prints on standard
 * output one line of JSON for each seed, then for each outage of a server and of all of them, then for each change of the fleet; progress on standard
 * error. `--seed`: the first seed. `--outage`: seconds of each outage. `--standstill`: seconds for which one dispatcher stands still, while others
 * come and go. 0 = none of them (also for `--seeds`). `--brokers`: 1 or 3; with three, they are also broken one by one, and cut off from the
 * dispatchers. `--mutant`: gives the dispatcher that bug; succeeds if one of three seeds detects it. `all` = one mutant after another.
 */
const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));
const HISTORIES = join(WORKSPACE, '.nuncio', 'chaos');
const SEEDS_FOR_A_MUTANT = 3;
const SHOWN = 20;
const RECOVERED_WITHIN_MS = 3_000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    outage: { type: 'string', default: '60' },
    standstill: { type: 'string', default: '60' },
    brokers: { type: 'string', default: '1' },
    mutant: { type: 'string' },
  },
});
const chosen = values.mutant === undefined ? [null] : values.mutant === 'all' ? mutants : [mutantNamed(values.mutant)];
const seconds = numberOf('seconds', values.seconds);
const first = numberOf('seed', values.seed);
const seeds = values.seeds === undefined ? (chosen[0] ? SEEDS_FOR_A_MUTANT : 20) : numberOf('seeds', values.seeds);
const outageMs = 1_000 * numberOf('outage', values.outage);
const standstillMs = 1_000 * numberOf('standstill', values.standstill);
const kafkaNodes = numberOf('brokers', values.brokers);
if (kafkaNodes !== 1 && kafkaNodes !== 3) refuse(`--brokers is "${values.brokers}" and must be 1 or 3`);
exitOnSignal();
for (const mutant of chosen) process.exitCode = Math.max(Number(process.exitCode ?? 0), await chaos(mutant));

/** Returns the exit status. */
async function chaos(mutant: Mutant | null): Promise<number> {
  const log = (line: string): void => {
    console.error(line);
  };
  const workspace = mutant ? await mutantWorkspace(WORKSPACE, mutant) : undefined;
  const stage = await ownStage({ log, kafkaNodes: mutant?.brokers ?? kafkaNodes, workspace });
  try {
    let broken = 0;
    for (let seed = first; seed < first + seeds; seed++) {
      const result = await run(stage, seed, seconds);
      await report(result);
      if (result.violations.length === 0) continue;
      broken += 1;
      // The damage of one seed would disturb the next.
      if (mutant) break;
    }
    if (mutant) log(`the mutant ${mutant.name} is ${broken ? 'caught' : 'not caught'}`);
    else {
      if (outageMs) broken += await outages(stage);
      if (standstillMs) broken += await changes(stage);
    }
    return broken > 0 === (mutant !== null) ? 0 : 1;
  } finally {
    await stage.close();
    if (workspace) await rm(workspace, { recursive: true, force: true });
  }
}

/** The number of outages in which something was lost, or took longer than 3 s to be delivered afterwards. */
async function outages(stage: OwnStage): Promise<number> {
  let bad = 0;
  for (const each of outagesOf(stage.servers)) {
    const result = await outage(stage, each, outageMs);
    console.log(JSON.stringify(result));
    if (result.lost > 0 || result.firstDeliveryMs > RECOVERED_WITHIN_MS) bad += 1;
  }
  return bad;
}

/** The number of changes in which something was lost, or sent again. */
async function changes({ fleet, services }: Stage): Promise<number> {
  let bad = 0;
  for (const change of [() => comeAndGo(fleet, services), () => standStill(fleet, services, standstillMs)]) {
    const result = await change();
    console.log(JSON.stringify(result));
    if (result.lost + result.repeated > 0 || (result.onWaking ?? 0) > ON_WAKING_AT_MOST) bad += 1;
  }
  return bad;
}

async function report({ seed, faults, history, violations }: Run): Promise<void> {
  const { published, arrived, attempted, disturbances } = history;
  const accepted = published.filter(({ acceptedAt }) => acceptedAt !== null).length;
  console.log(
    JSON.stringify({
      seed,
      accepted,
      requests: arrived.length,
      attempts: attempted.length,
      faults: faults.length,
      disturbances: disturbances.map(({ what, from, to }) => `${what} ${((to - from) / 1_000).toFixed(1)} s`),
      violations: violations.length,
    }),
  );
  if (violations.length === 0) return;
  for (const { rule, of, detail } of violations.slice(0, SHOWN)) console.error(`${rule}: ${of}: ${detail}`);
  if (violations.length > SHOWN) console.error(`and ${violations.length - SHOWN} more`);
  await mkdir(HISTORIES, { recursive: true });
  const file = join(HISTORIES, `seed-${seed}.json`);
  await writeFile(file, JSON.stringify({ seed, faults, violations, history }, null, 1));
  console.error(`all of it is in ${file}`);
}

function mutantNamed(name: string): Mutant {
  const found = mutants.find((one) => one.name === name);
  if (found) return found;
  refuse(`there is no mutant ${name}; there are ${mutants.map((one) => one.name).join(', ')}`);
}

function numberOf(option: string, text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  refuse(`--${option} is "${text}" and must be a whole number`);
}

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}
