import { parseArgs } from 'node:util';
import { exitOnSignal, timed } from '@nuncio/embedded';
import { ownStage, type OwnStage } from '../chaos/own-stage.js';
import { Archive } from './backup.js';
import { logLost } from './log-lost.js';
import { regionLost } from './region-lost.js';
import { restored } from './restored.js';
import { brokerLost, redisLost } from './servers-lost.js';
import type { Drilled } from './site.js';
import { stateLost } from './state-lost.js';

/**
 * `npm run check:disaster [-- --drill restored]`: each disaster of docs/runbooks/restore.md in an installation of its own, under load, handled with
 * the runbook's commands. Prints a line of JSON for each that ends as the runbook says; status 1 if one does not.
 */
type Drill = (stage: OwnStage, archive: Archive) => Promise<Drilled>;

const DRILLS: Readonly<Record<string, Drill>> = { state: stateLost, log: logLost, redis: redisLost, restored, region: regionLost };
const OF_THREE_BROKERS: Readonly<Record<string, Drill>> = { broker: brokerLost };

const { values } = parseArgs({ options: { drill: { type: 'string', multiple: true } } });
const chosen = values.drill ?? [...Object.keys(DRILLS), ...Object.keys(OF_THREE_BROKERS)];
const unknown = chosen.filter((name) => !(name in DRILLS) && !(name in OF_THREE_BROKERS));
if (unknown.length) {
  console.error(`there is no drill ${unknown.join(', ')}; there are ${[...Object.keys(DRILLS), ...Object.keys(OF_THREE_BROKERS)].join(', ')}`);
  process.exit(2);
}
const log = (line: string): void => {
  console.error(line);
};
exitOnSignal();
await drilled(DRILLS, 1);
await drilled(OF_THREE_BROKERS, 3);
// Ends what a failed drill has left open.
process.exit();

/** The chosen drills, one after another in one installation. */
async function drilled(drills: Readonly<Record<string, Drill>>, kafkaNodes: number): Promise<void> {
  const wanted = Object.entries(drills).filter(([name]) => chosen.includes(name));
  if (!wanted.length) return;
  const archive = await Archive.make();
  const stage = await ownStage({ log, kafkaNodes, env: {}, postgresSettings: archive.settings });
  try {
    for (const [name, drill] of wanted)
      try {
        console.log(JSON.stringify(await timed(log, name, () => drill(stage, archive))));
      } catch (error) {
        log(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        process.exitCode = 1;
      }
  } finally {
    await stage.close();
    await archive.remove();
  }
}
