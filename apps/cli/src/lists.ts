import type { Command } from 'commander';
import type { Api, Json, Query } from './api.js';
import { contextOf } from './context.js';
import { deliveryPage } from './delivery-page.js';
import { line, printBytes, show, table } from './output.js';
import { EXIT, Refusal } from './refusal.js';
import { queryOf, withFilters, type Where } from './where.js';

interface Kind {
  readonly name: string;
  readonly what: string;
  readonly columns: readonly string[];
}

/** The kinds that can be listed and shown, with the columns of their tables. */
const KINDS: readonly Kind[] = [
  { name: 'deliveries', what: 'delivery', columns: ['id', 'status', 'eventType', 'tenant', 'attemptCount', 'responseStatus', 'errorClass', 'createdAt'] },
  { name: 'attempts', what: 'attempt', columns: ['id', 'startedAt', 'outcome', 'number', 'eventType', 'tenant', 'delivery'] },
  { name: 'events', what: 'event', columns: ['id', 'eventType', 'ceSource', 'ceId', 'tenants', 'payloadBytes', 'unmatched', 'createdAt'] },
  { name: 'tenants', what: 'tenant', columns: ['id', 'name', 'suspended'] },
  { name: 'callbacks', what: 'callback', columns: ['id', 'tenant', 'name', 'url', 'profile', 'enabled'] },
  { name: 'subscriptions', what: 'subscription', columns: ['id', 'tenant', 'state', 'callback', 'eventTypes'] },
  { name: 'credentials', what: 'credential', columns: ['id', 'tenant', 'name', 'authMethod', 'tokenUrl'] },
  { name: 'operations', what: 'operation', columns: ['id', 'kind', 'state', 'sent', 'count', 'createdAt'] },
];

interface Page {
  readonly items: readonly Json[];
  readonly next: string | null;
}

export function addLists(program: Command): void {
  for (const kind of KINDS) {
    const group = program.command(kind.name).description(`list ${kind.name}, or show one`);
    withFilters(group.command('list', { isDefault: true }).description('newest first'))
      .option('-n, --limit <count>', 'how many at most', '20')
      .action(async (options: Where & { limit: string }, command: Command) => {
        const { api, output } = await contextOf(command);
        const items = await listed(api, `/v1/${kind.name}`, queryOf(options), countOf(options.limit));
        show(items, output, () => (items.length ? table(items, kind.columns, output) : `There is no such ${kind.what}.`));
      });
    group
      .command('show <id>')
      .description(`show one ${kind.what}`)
      .action(async (id: string, _: object, command: Command) => {
        const { api, output } = await contextOf(command);
        const one = await api.call(`GET /v1/${kind.name}/{id}`, { path: { id } });
        show(one, output, () => (kind.what === 'delivery' ? deliveryPage(one, output) : fields(one)));
      });
    if (kind.what === 'event')
      group
        .command('payload <id>')
        .description('its bytes, as they were published')
        .action(async (id: string, _: object, command: Command) => {
          const { api, signal } = await contextOf(command);
          const answer = await api.request('GET /v1/events/{id}/payload', { path: { id } }, signal);
          printBytes(Buffer.from(await answer.arrayBuffer()));
        });
  }
}

/** Reads pages until there are `most` items. */
export async function listed(api: Api, path: string, query: Query, most: number): Promise<Json[]> {
  const items: Json[] = [];
  for (let cursor: string | null | undefined; cursor !== null && items.length < most; ) {
    const page: Page = await api.call<Page>(`GET ${path}`, { query: { ...query, limit: String(Math.min(100, most - items.length)), ...(cursor !== undefined && { cursor }) } });
    items.push(...page.items);
    cursor = page.next;
  }
  return items.slice(0, most);
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Refusal(`--limit takes a number of rows, not "${text}".`, EXIT.usage);
}

export function fields(one: Json): string {
  const names = Object.keys(one);
  const width = Math.max(...names.map((name) => name.length));
  return names.map((name) => `${name.padEnd(width)}  ${line(typeof one[name] === 'string' ? one[name] : JSON.stringify(one[name]))}`).join('\n');
}

