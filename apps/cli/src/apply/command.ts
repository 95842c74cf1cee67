import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { contextOf, type Context } from '../context.js';
import { print, printJson, tell } from '../output.js';
import { drawProgress } from '../progress.js';
import { EXIT, Refusal } from '../refusal.js';
import { isPassing } from '../refused.js';
import { collect } from '../where.js';
import { carryOut, failureText, type Done } from './carry-out.js';
import { readDocuments, type Fault } from './documents.js';
import { filterEffects } from './filter-effects.js';
import { Installation, type Caller } from './installation.js';
import { planOf, type Plan } from './plan.js';
import { resourcesIn, schemasOf, type Schemas } from './resource.js';
import { countsOf, effectsOf, isNothing, planJson, planText } from './show-plan.js';

interface Options {
  readonly file: readonly string[];
  readonly plan?: boolean;
  readonly prune?: boolean;
  readonly label?: readonly string[];
  readonly yes?: boolean;
}

/** More than anybody fixes at once. */
const FAULTS_SHOWN = 100;

export function addApply(program: Command): void {
  program
    .command('apply')
    .description('change the installation to match YAML files: tenants, event types, applications, credentials, callbacks, subscriptions')
    .requiredOption('-f, --file <path>', 'a file, a folder, or - for standard input; repeatable', collect)
    .option('--plan', `only show what would be done; ends with ${EXIT.changes} if there is something to do`)
    .option('--prune', 'also delete resources with an external id, of tenants that the files name, that are in no file')
    .option('--label <name=value>', 'prune only resources with this label; repeatable: with all of them', collect)
    .option('-y, --yes', 'prune without asking')
    .addHelpText('after', `\nExit status: 0 done or nothing to do, 1 refused, ${EXIT.changes} (with --plan) something to do, 130 interrupted. After an interruption, the same command carries on.`)
    .action(async (options: Options, command: Command) => {
      await apply(await contextOf(command), options);
    });
}

async function apply(context: Context, { file, plan: isPlan = false, prune: isPruning = false, label = [], yes = false }: Options): Promise<void> {
  const { output, signal } = context;
  const schemas = schemasOf(context.api);
  const plan = withLabels(await planned(context, schemas, file).catch(nothingDone), label);
  const counts = countsOf(plan, isPruning);
  const effects = [...effectsOf(plan, isPruning), ...(await filterEffects(context.api, plan.planned, signal))];
  const isDone = isPlan || isNothing(counts);
  if (!output.isJson) print(planText(plan, effects, isPruning, output));
  else if (isDone) printJson(planJson(plan, effects, isPruning), 2);
  interruptedBy(signal, 'Nothing was done.');
  if (isNothing(counts)) return;
  if (isPlan) {
    process.exitCode = EXIT.changes;
    return;
  }
  if (counts.prune && !yes) await confirm(counts.prune, signal);

  const all = counts.create + counts.change + counts.prune;
  const draw = progressOf(context, all, 'applied');
  const result = await carryOut(plan, { api: context.api, schemas, isPruning, signal, onProgress: draw });
  draw(result.done, true);
  if (output.isJson) printJson({ ...planJson(plan, effects, isPruning), done: result.done, failures: result.failures }, 2);
  ended(result, all, signal);
}

function nothingDone(error: unknown): never {
  if (isPassing(error)) throw new Refusal(`${(error as Refusal).message}\nNothing was done.`, (error as Refusal).status);
  throw error;
}

/** Throws a Refusal that names every fault in the files, before anything is changed. */
async function planned(context: Context, schemas: Schemas, files: readonly string[]): Promise<Plan> {
  const { api, signal } = context;
  const read = readDocuments(files, process.env);
  const caller = await api.call<Caller>('GET /v1/me');
  const { resources, faults } = await resourcesIn(api, caller, schemas, read.documents);
  if (!resources.length) {
    refuseAny([...read.faults, ...faults]);
    throw new Refusal(`There is no resource in ${files.join(', ')}.`, EXIT.usage);
  }
  const tenants = [...new Set(resources.flatMap(({ kind, key, tenant }) => (kind.name === 'tenant' ? [key] : (tenant ?? []))))];
  const installation = await Installation.look(api, caller, tenants);
  const draw = progressOf(context, resources.length, 'compared');
  const compared = await planOf(resources, { api, schemas, installation, isWhole: read.isWhole, signal, onProgress: draw });
  interruptedBy(signal, 'Nothing was done.');
  refuseAny([...read.faults, ...faults, ...compared.faults]);
  return compared.plan;
}

function refuseAny(faults: readonly Fault[]): void {
  if (!faults.length) return;
  const sorted = faults.toSorted((a, b) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0));
  const lines = sorted.slice(0, FAULTS_SHOWN).map(({ file, line, detail }) => `${file}${line === null ? '' : `:${line}`}: ${detail}`);
  const more = sorted.length > FAULTS_SHOWN ? [`… and ${sorted.length - FAULTS_SHOWN} more`] : [];
  throw new Refusal([...lines, ...more, `${faults.length} to correct; nothing was done.`].join('\n'));
}

/** Keeps only the surplus that has all of these labels. */
function withLabels(plan: Plan, labels: readonly string[]): Plan {
  const wanted = labels.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) throw new Refusal(`"${text}" is no label. Write name=value.`, EXIT.usage);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return { ...plan, surplus: plan.surplus.filter(({ existing }) => wanted.every(([name, value]) => existing.labels?.[name] === value)) };
}

/** Draws the bar only on a terminal, so that it is not in what a program reads. */
function progressOf({ output }: Context, all: number, words: string): (done: number, isOver?: boolean) => void {
  return (done, isOver = done === all) => {
    if (!output.isJson && process.stderr.isTTY) drawProgress(done, all, words, isOver, process.stderr);
  };
}

async function confirm(count: number, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY) throw new Refusal(`${count} would be deleted, and there is no terminal for the question: add --yes. Nothing was done.`, EXIT.usage);
  // Without raw mode, so that Ctrl-C remains a signal. Ctrl-D closes the input, and counts as no.
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const closed = once(terminal, 'close').then(() => '');
  const answer = await Promise.race([terminal.question(`Delete ${count}? Type "yes" to delete: `, { signal }), closed]).catch(() => '');
  terminal.close();
  interruptedBy(signal, 'Nothing was done.');
  if (answer !== 'yes') throw new Refusal('Nothing was done.');
}

function interruptedBy(signal: AbortSignal, what: string): void {
  if (signal.aborted) throw new Refusal(`Interrupted. ${what}`, EXIT.interrupted);
}

function ended({ done, failures, stopped }: Done, all: number, signal: AbortSignal): void {
  const failed = failures.length ? `, ${failures.length} failed` : '';
  if (stopped) throw new Refusal([...failures.map(failureText), stopped.message, `${done} of ${all} done${failed}; the same command carries on.`].join('\n'), stopped.status);
  if (failures.length) throw new Refusal([...failures.map(failureText), `${done} of ${all} done${failed}.`].join('\n'));
  interruptedBy(signal, `${done} of ${all} done; the same command carries on.`);
  tell(`${done} of ${all} done.`);
}
