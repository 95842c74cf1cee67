import type { Command } from 'commander';
import type { Json } from '../api.js';
import { contextOf } from '../context.js';
import { deliveryPage } from '../delivery-page.js';
import { fields, printBytes, show, table } from '../output.js';
import { EXIT, Refusal } from '../refusal.js';
import { queryOf, withFilters, type Where } from '../where.js';
import { bodyOf, withFields } from './body.js';
import { listed } from './list.js';
import { resources, type Action, type Resource } from './resources.js';

/** Adds the commands of every resource: `list`, `show`, `payload`, and its actions. */
export function addResources(program: Command): void {
  for (const resource of resources) {
    const { name, what, key = 'id', hasPayload = false, actions = [] } = resource;
    const group = program.command(name).description([`list ${what.replace(/([^aeiou])y$/, '$1ie')}s`, ...(key === null ? [] : ['show one']), ...(hasPayload ? ['payload'] : []), ...actions.map((action) => action.name)].join(', '));
    addList(group, resource);
    if (key !== null) addShow(group, resource, key);
    if (hasPayload) addPayload(group, resource);
    for (const action of actions) addAction(group, resource, action);
  }
}

/** The placeholder of an argument, by which it is completed, such as `<event-type>`. */
export const placeholderOf = ({ what }: Resource): string => `<${what.toLowerCase().replaceAll(' ', '-')}>`;

function addList(group: Command, { name, what, columns, filters }: Resource): void {
  withFilters(group.command('list', { isDefault: true }).description('newest first'), filters)
    .option('-n, --limit <count>', 'how many at most', countOf, 20)
    .action(async (options: Where & { limit: number }, command: Command) => {
      const { api, output } = await contextOf(command);
      const items = await listed(api, `/v1/${name}`, queryOf(options), options.limit);
      show(items, output, () => (items.length ? table(items, columns, output) : `There is no such ${what}.`));
    });
}

function addShow(group: Command, resource: Resource, key: string): void {
  ofOne(group.command(`show ${placeholderOf(resource)}`).description(`show one ${resource.what}`), resource).action(async (id: string, { tenant }: Tenant, command: Command) => {
    const { api, output } = await contextOf(command);
    const one = await api.call(`GET /v1/${resource.name}/{${key}}`, { path: { [key]: id }, query: { tenant } });
    show(one, output, () => (resource.what === 'delivery' ? deliveryPage(one, output) : fields(one)));
  });
}

function addPayload(group: Command, resource: Resource): void {
  group
    .command(`payload ${placeholderOf(resource)}`)
    .description('its bytes, as they were published')
    .action(async (id: string, _: object, command: Command) => {
      const { api, signal } = await contextOf(command);
      const answer = await api.request(`GET /v1/${resource.name}/{id}/payload`, { path: { id } }, signal);
      printBytes(Buffer.from(await answer.arrayBuffer()));
    });
}

function addAction(group: Command, resource: Resource, { name, summary, operation, path = {}, fields: options = [], body = {}, says, hasFailed }: Action): void {
  const isForOne = operation.includes('{id}');
  const command = withFields(group.command(isForOne ? `${name} ${placeholderOf(resource)}` : name).description(summary), options);
  (isForOne ? ofOne(command, resource) : command).action(async (...given: unknown[]) => {
    const self = given.at(-1) as Command;
    const [id = ''] = self.args;
    const chosen = self.opts<Json & Tenant>();
    const { api, output } = await contextOf(self);
    const content = { ...body, ...bodyOf(options, chosen) };
    const isEmpty = !Object.keys(content).length;
    const answer = await api.call<Json | null>(operation, { path: { ...path, ...(isForOne && { id }) }, ...(isForOne && { query: { tenant: chosen.tenant } }), ...(!isEmpty && { body: content }) });
    show(answer, output, () => says(answer ?? {}, id));
    if (hasFailed?.(answer ?? {})) process.exitCode = EXIT.refused;
  });
}

interface Tenant {
  readonly tenant?: string;
}

/** Adds the option that an external id needs. */
const ofOne = (command: Command, { hasExternalIds = false }: Resource): Command => (hasExternalIds ? command.option('--tenant <tenant>', 'whose it is, where `ext:<external id>` stands for the id') : command);

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Refusal(`--limit takes a number of rows, not "${text}".`, EXIT.usage);
}
