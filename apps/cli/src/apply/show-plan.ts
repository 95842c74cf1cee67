import { styleText } from 'node:util';
import type { Json } from '../api.js';
import { line, type Output } from '../output.js';
import { fieldsOf, type Change, type Plan, type Planned } from './plan.js';
import { nameOf } from './resource.js';

interface Counts {
  readonly create: number;
  readonly change: number;
  readonly prune: number;
  readonly unchanged: number;
}

/** `isPruning`: whether resources that are in no file are deleted. */
export const countsOf = ({ planned, surplus }: Plan, isPruning: boolean): Counts => ({
  create: planned.filter(({ action }) => action === 'create').length,
  change: planned.filter(({ action }) => action === 'change').length,
  prune: isPruning ? surplus.length : 0,
  unchanged: planned.filter(({ action }) => action === 'none').length,
});

export const isNothing = ({ create, change, prune }: Counts): boolean => create + change + prune === 0;

/** The effects on deliveries, in sentences. */
export function effectsOf({ planned, surplus }: Plan, isPruning: boolean): string[] {
  const samples = planned.filter(({ effects }) => effects.sample);
  const again = samples.filter(({ id }) => id !== null).length;
  const taken = planned.flatMap(({ effects }) => effects.approvalTakenBack ?? []);
  const waiting = taken.filter(({ from }) => from === 'activated' || from === 'blocked').length;
  const ended = isPruning ? surplus.filter(({ kind, existing }) => kind.name === 'subscription' && existing.state === 'activated').length : 0;
  return [
    ...(samples.length > again ? [`${subscriptions(samples.length - again)} will be verified by a sample.`] : []),
    ...(again ? [`${subscriptions(again)} will be verified again.`] : []),
    ...(taken.length ? [`${subscriptions(taken.length)} will need another approval${waiting ? `; events for ${waiting} of them are parked until then` : ''}.`] : []),
    ...(ended ? [`${subscriptions(ended)} that ${ended === 1 ? 'is' : 'are'} active will end.`] : []),
  ];
}

const subscriptions = (count: number): string => `${count} subscription${count === 1 ? '' : 's'}`;

/** A line for each field that differs; resources that stay the same are counted. */
export function planText(plan: Plan, effects: readonly string[], isPruning: boolean, output: Output): string {
  const counts = countsOf(plan, isPruning);
  const surplus = plan.surplus.map(({ kind, existing }) => `- ${line(nameOf(kind, existing.tenant as string, existing.externalId ?? ''))}  ${existing.id}`);
  const others = !isPruning && surplus.length ? [`${surplus.length} more ${surplus.length === 1 ? 'exists' : 'exist'} in none of these files: --prune deletes them.`] : [];
  if (isNothing(counts)) return [...others, `Nothing to do: ${counts.unchanged} unchanged.`].join('\n');
  return [
    ...plan.planned.flatMap((one) => linesOf(one, output)),
    ...(isPruning ? surplus.map((line) => painted('red', line, output)) : []),
    '',
    ...effects,
    ...others,
    `${counts.create} to create, ${counts.change} to change, ${counts.prune} to prune, ${counts.unchanged} unchanged.`,
  ].join('\n');
}

function linesOf({ resource, action, changes }: Planned, output: Output): string[] {
  if (action === 'none') return [];
  const at = `${line(resource.name)}  ${resource.file}:${resource.lineOf([])}`;
  if (action === 'create') return [painted('green', `+ ${at}`, output), ...Object.entries(fieldsOf(resource)).map(([name, value]) => `    ${line(name)}: ${shown(value)}`)];
  return [painted('yellow', `~ ${at}`, output), ...changes.map(({ pointer, before, after }) => `    ${line(pointer.slice(1).replaceAll('/', '.'))}: ${shown(before)} → ${shown(after)}`)];
}

const painted = (colour: 'green' | 'yellow' | 'red', text: string, { isColoured }: Output): string => (isColoured ? styleText(colour, text, { validateStream: false }) : text);

const shown = (value: unknown): string => (value === undefined ? 'null' : JSON.stringify(value));

/** The plan as JSON. */
export function planJson(plan: Plan, effects: readonly string[], isPruning: boolean): Json {
  const asChange = (pointer: string, after: unknown): Change => ({ pointer, before: null, after });
  return {
    ...countsOf(plan, isPruning),
    resources: [
      ...plan.planned.map(({ resource: { kind, tenant = null, key, file, lineOf, ...resource }, action, id, changes }) => ({
        kind: kind.name,
        tenant,
        key,
        id,
        action,
        file,
        line: lineOf([]),
        changes: action === 'create' ? Object.entries(fieldsOf({ kind, key, file, lineOf, tenant: tenant ?? undefined, ...resource })).map(([name, value]) => asChange(`/${name}`, value)) : changes,
      })),
      ...plan.surplus.map(({ kind, existing: { id, tenant, externalId } }) => ({ kind: kind.name, tenant, key: externalId, id, action: isPruning ? 'prune' : 'surplus', changes: [] })),
    ],
    effects,
  };
}
