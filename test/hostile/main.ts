import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitOnSignal, startServices, startStack } from '@nuncio/embedded';
import { Api } from '@nuncio/fixtures';
import type { Fleet } from '../fleet/fleet.js';
import { Cluster } from '../fleet/kafka.js';
import { besideHostile, eachAlone } from './hostile.js';

/**
 * `npm run check:hostile [-- --seconds 60] [--rate 50] [--each]`: prints one line of JSON on standard output. Status 1 if the well-behaved tenant lost an
 * event, was refused anything, or waited more than `MOST` times as long as alone. `--rate`: RATE_LIMIT_PER_SECOND, and a tenth of FAN_OUT_PER_SECOND;
 * set both to what the machine can do. `--each`: each misdeed by itself for that long, a line each with what it costs each process; nothing is judged.
 */
const MOST = 1.5;
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, rate: { type: 'string', default: '50' }, each: { type: 'boolean', default: false } } });
const log = (line: string): void => {
  console.error(line);
};
exitOnSignal();
const dir = await mkdtemp(join(tmpdir(), 'nuncio-hostile-'));
const stack = await startStack({ dir, log });
const services = await startServices({ dir, stack, topicPrefix: 'hostile', restart: false, env: { RATE_LIMIT_PER_SECOND: values.rate, FAN_OUT_PER_SECOND: String(10 * Number(values.rate)) }, log });
const cluster = new Cluster(stack.brokers, services.topicPrefix);
try {
  const fleet = { api: new Api(services.url, services.adminKey), cluster };
  if (values.each) for await (const one of eachAlone(fleet, { ...stack.servers, ...services.services }, Number(values.seconds))) console.log(JSON.stringify(one));
  else await judge(fleet);
} finally {
  await cluster.close();
  await services.stop();
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
}

async function judge(fleet: Fleet): Promise<void> {
  const { failures, unready, ...result } = await besideHostile(fleet, services.services, Number(values.seconds));
  console.log(JSON.stringify({ ...result, failures: failures.length, unready: unready.length }));
  for (const fault of [...failures, ...unready].slice(0, 20)) log(fault);
  const { ratios } = result;
  const isFair = Math.max(ratios.deliveriesP99, ratios.apiP95, ratios.inForce) <= MOST;
  process.exitCode = isFair && result.lost === 0 && failures.length === 0 && unready.length === 0 ? 0 : 1;
}
