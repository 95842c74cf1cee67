import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { contextOf } from './context.js';
import { show } from './output.js';
import { payloadOf } from './resources/body.js';

interface Options {
  readonly type: string;
  readonly tenant?: string;
  readonly data?: string;
  readonly source: string;
  readonly id?: string;
  readonly subject?: string;
  readonly contentType: string;
}

export function addPublish(program: Command): void {
  program
    .command('publish')
    .description('publish one event, with exactly these bytes')
    .requiredOption('-t, --type <event-type>')
    .option('--tenant <tenant>', 'comma list')
    .option('-d, --data <text>', 'the payload: a text, @file, or - for standard input', '-')
    .option('--source <uri>', 'the source of the event', '/nuncio/cli')
    .option('--id <id>', 'with the source, identifies the event: a second one with both is dropped; default: a new id')
    .option('--subject <text>')
    .option('--content-type <media type>', 'media type of the payload', 'application/json')
    .action(async ({ type, tenant, data = '-', source, id = randomUUID(), subject, contentType }: Options, command: Command) => {
      const { api, output, signal } = await contextOf(command);
      const attributes = { specversion: '1.0', id, source, type, ...(tenant !== undefined && { tenant }), ...(subject !== undefined && { subject }) };
      // In HTTP headers, anything but printable ASCII is percent-encoded (CloudEvents HTTP binding §3.1.3.2).
      const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value.replaceAll(/[^\x21-\x7e]|["%]/gu, encodeURIComponent)]));
      const answer = await api.request('POST /v1/events', { body: payloadOf(data), headers: { ...headers, 'content-type': contentType } }, signal);
      const body = JSON.parse((await answer.text()) || 'null') as unknown;
      show({ source, id, type, answer: body }, output, () => `published ${type} ${id}`);
    });
}
