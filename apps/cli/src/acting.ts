import type { Command } from 'commander';
import type { Json, Query } from './api.js';
import { contextOf, type Context } from './context.js';
import { fields, show, textOf } from './output.js';
import { watchOperation } from './operations.js';
import { EXIT, Refusal } from './refusal.js';
import { moment, queryOf, withFilters, type Where } from './where.js';

interface Pace {
  readonly perSecond?: number;
  readonly dryRun?: boolean;
  readonly watch?: boolean;
}

/** The commands that act on deliveries. */
export function addActing(program: Command): void {
  for (const [name, what] of [
    ['resend', 'send one delivery again, without retries'],
    ['send-now', 'bring the next attempt of one delivery forward'],
  ] as const)
    program
      .command(`${name} <delivery>`)
      .description(what)
      .action(async (id: string, _: object, command: Command) => {
        const { api, output } = await contextOf(command);
        const delivery = await api.call(`POST /v1/deliveries/{id}/${name}`, { path: { id } });
        show(delivery, output, () => `${id}: ${textOf(delivery.explanation)}`);
      });

  paced(program.command('recover <callback>').description('send the failed and expired deliveries of one callback again'))
    .requiredOption('--since <time>', '15m, 2h, 7d ago, or an RFC 3339 time', moment)
    .option('--until <time>', 'the same', moment)
    .action(async (id: string, options: Pace & { since: string; until?: string }, command: Command) => {
      const { since, until } = options;
      const context = await contextOf(command);
      await begun(context, await context.api.call('POST /v1/callbacks/{id}/recover', { path: { id }, body: { since, ...(until !== undefined && { until }), ...paceOf(options) } }), options);
    });

  paced(withFilters(program.command('replay').description('send any selection of deliveries again, or events to one subscription'), ['tenant', 'callback', 'status', 'since', 'until']))
    .option('--to <subscription>', 'send the selected events to this subscription, also events that it never had')
    .action(async (options: Pace & Where & { to?: string }, command: Command) => {
      const context = await contextOf(command);
      const filters = selectionOf(queryOf(options));
      const select = options.to === undefined ? filters : { events: filters, subscription: options.to };
      await begun(context, await context.api.call('POST /v1/replays', { body: { select, ...paceOf(options) } }), options);
    });
}

const paced = (command: Command): Command =>
  command
    .option('--per-second <rate>', 'deliveries a second', rateOf)
    .option('--dry-run', 'say what would be sent, and send nothing')
    .option('--watch', 'wait until it is done');

const paceOf = ({ perSecond, dryRun }: Pace): Json => ({ ...(perSecond !== undefined && { perSecond }), ...(dryRun && { dryRun }) });

function rateOf(text: string): number {
  const rate = Number(text);
  if (rate > 0 && Number.isFinite(rate)) return rate;
  throw new Refusal(`--per-second takes a number above 0, not "${text}".`, EXIT.usage);
}

const TIMES = ['since', 'until'];

/** A selection takes lists where a query repeats a parameter; times are single values. */
const selectionOf = (query: Query): Json => Object.fromEntries(Object.entries(query).map(([name, value]) => [name, TIMES.includes(name) ? value : [value].flat()]));

async function begun(context: Context, answer: Json, { dryRun = false, watch = false }: Pace): Promise<void> {
  if (dryRun || !watch) {
    show(answer, context.output, () => (dryRun ? fields(answer) : `operation ${String(answer.operation)}: \`nuncio operations watch ${String(answer.operation)}\` follows it`));
    return;
  }
  await watchOperation(context, String(answer.operation));
}
