import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Json } from './api.js';
import { contextOf, type Context } from './context.js';
import { messages } from './event-stream.js';
import { coloured, line, print, printJson, tell } from './output.js';
import { EXIT, Refusal } from './refusal.js';
import { queryOf, withFilters, type Where } from './where.js';

const AGAIN_AFTER_MS = 1_000;
const FORWARD_WITHIN_MS = 30_000;

interface Options extends Where {
  readonly forward?: string;
}

export function addTail(program: Command): void {
  withFilters(program.command('tail').description('show attempts as they happen, until Ctrl-C'), ['tenant', 'callback', 'status', 'since', 'until'])
    .option('--forward <url>', 'send the payload of each event there too, unsigned')
    .action(async (options: Options, command: Command) => {
      const context = await contextOf(command);
      if (options.forward !== undefined && !URL.canParse(options.forward)) throw new Refusal(`"${options.forward}" is no URL.`, EXIT.usage);
      await tail(context, options);
    });
}

/** Reconnects when the stream ends, from the last id: nothing is missed or shown twice. */
async function tail(context: Context, options: Options): Promise<void> {
  const { api, signal } = context;
  const query = queryOf(options);
  let lastId: string | undefined;
  const isInterrupted = (): boolean => signal.aborted;
  while (!isInterrupted()) {
    try {
      const headers = { accept: 'text/event-stream', ...(lastId !== undefined && { 'last-event-id': lastId }) };
      const { body } = await api.request('GET /v1/attempts/stream', { query, headers }, signal);
      for await (const { id, data } of messages(body)) {
        lastId = id ?? lastId;
        if (data !== undefined) await told(context, JSON.parse(data) as Json, options);
      }
    } catch (error) {
      if (isInterrupted()) return;
      // A refusal would be repeated. A broken connection is opened again.
      if (error instanceof Refusal && error.status !== EXIT.unavailable) throw error;
      if (lastId === undefined) throw error;
    }
    await pause(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function told({ api, output, signal }: Context, attempt: Json, { forward }: Options): Promise<void> {
  const { startedAt, outcome, number, eventType, tenant, delivery, response, error } = attempt as Record<string, string> & { response: { status: number } | null; error: { class: string } | null };
  const came = response?.status ?? error?.class ?? '';
  if (output.isJson) printJson(attempt);
  else print(`${String(startedAt)}  ${coloured(String(outcome), output)}  ${came}  #${String(number)}  ${line(String(eventType))}  ${String(tenant)}  ${String(delivery)}`);
  if (forward === undefined) return;
  try {
    const payload = await api.request('GET /v1/events/{id}/payload', { path: { id: String(attempt.event) } }, signal);
    const headers = { 'content-type': payload.headers.get('content-type') ?? 'application/octet-stream', 'x-trace-id': String(attempt.event), 'x-span-id': String(delivery) };
    const answer = await fetch(forward, { method: 'POST', headers, body: await payload.arrayBuffer(), signal: AbortSignal.any([signal, AbortSignal.timeout(FORWARD_WITHIN_MS)]) });
    tell(`forwarded: ${answer.status}`);
  } catch (cause) {
    // The developer's server may be down. Later events are still forwarded.
    tell(`not forwarded: ${(cause as Error).message}`);
  }
}
