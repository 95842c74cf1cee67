import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Json } from './api.js';
import { contextOf, type Context } from './context.js';
import { messages } from './event-stream.js';
import { handle, type Delivered } from './handler.js';
import { line, print, printJson } from './output.js';
import { EXIT, Refusal } from './refusal.js';
import { makeCallback, removeCallback, removeLeftOver, subscribe } from './temporary-callback.js';

const AGAIN_AFTER_MS = 1_000;

interface Options {
  readonly forward: string;
  readonly tenant?: string;
  readonly events: string;
  readonly dialect?: string;
  readonly gateway?: string;
}

interface Listener extends Json {
  readonly id: string;
  readonly inbox: string;
}

export function addListen(program: Command): void {
  program
    .command('listen')
    .description('forward deliveries to a server on this machine, signed and retried as for a receiver, until Ctrl-C')
    .requiredOption('--forward <url>', 'the address of that server: http://localhost:3000/hooks')
    .option('--tenant <tenant>', "the tenant whose events to send; default: the API key's tenant")
    .option('--events <event-type>', 'comma list of event types', '*')
    .option('--dialect <dialect>', 'standard, persona or webhookie: signature, envelope and retries')
    .option('--gateway <url>', "where dispatchers reach the gateway, if not at the profile's address")
    .action(async (options: Options, command: Command) => {
      await listen(await contextOf(command), options);
    });
}

async function listen(command: Context, options: Options): Promise<void> {
  const { api } = command;
  const ended = new AbortController();
  const context = { ...command, signal: AbortSignal.any([command.signal, ended.signal]) };
  const target = targetOf(options.forward);
  const tenant = options.tenant ?? (await api.call<{ tenant: string | null }>('GET /v1/me')).tenant;
  if (tenant === null) throw new Refusal('This API key belongs to no tenant: choose one with --tenant <tenant>.', EXIT.usage);
  const wanted = { tenant, name: `nuncio listen, ${hostname()}, ${target.href}`, events: options.events.split(','), dialect: options.dialect };
  await removeLeftOver(api, wanted);
  const listening = new Listening(context, target, options.gateway ?? api.profile.url);
  const callback = await makeCallback(api, wanted, await listening.open());
  try {
    tell(context, { callback: callback.id, url: callback.url, signingSecret: callback.signing.secret ?? null }, [
      `Deliveries of ${tenant} (${options.events}) are forwarded to ${target.href}, by the callback ${callback.id}`,
      `Signing secret: ${callback.signing.secret ?? 'none'}`,
      `Signed URL: ${callback.url}`,
    ]);
    await Promise.all([listening.follow(callback.id), subscribe(context, callback.id, wanted)]);
  } finally {
    ended.abort();
    await removeCallback(api, callback.id);
    await listening.close();
  }
}

/** Reads a listener of the gateway until Ctrl-C. Reconnects if its stream ends, and opens a new listener if the gateway no longer knows it. */
class Listening {
  #listener: Listener | undefined;
  /** Ids of the requests in progress, which a new stream repeats. */
  readonly #handled = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly target: URL,
    private readonly gateway: string,
  ) {}

  /** Returns the address of its inbox. */
  async open(): Promise<string> {
    this.#listener = await this.context.api.call<Listener>('POST /v1/listeners');
    return new URL(this.#listener.inbox, this.gateway).href;
  }

  async follow(callback: string): Promise<void> {
    const { api, signal } = this.context;
    const isInterrupted = (): boolean => signal.aborted;
    while (!isInterrupted()) {
      try {
        const { body } = await api.request('GET /v1/listeners/{id}/stream', { path: { id: this.#id }, headers: { accept: 'text/event-stream' } }, signal);
        for await (const { event, data } of messages(body)) if (event === 'request' && data !== undefined) void this.#handle(JSON.parse(data) as Delivered);
      } catch (error) {
        if (isInterrupted()) return;
        if (error instanceof Refusal && error.status === EXIT.refused) {
          if (error.code !== 'not-found') throw error;
          await api.call('PATCH /v1/callbacks/{id}', { path: { id: callback }, body: { url: await this.open(), enabled: true } });
          this.#handled.clear();
          continue;
        }
      }
      await pause(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.context.api.call('DELETE /v1/listeners/{id}', { path: { id: this.#id } }).catch(ignoreRefusal);
  }

  get #id(): string {
    return this.#listener?.id ?? '';
  }

  async #handle(delivered: Delivered): Promise<void> {
    if (this.#handled.has(delivered.id)) return;
    this.#handled.add(delivered.id);
    const listener = this.#id;
    const begun = performance.now();
    const answer = await handle(this.target, delivered);
    const ms = Math.round(performance.now() - begun);
    const header = (name: string): string | undefined => delivered.headers.find(([known]) => known.toLowerCase() === name)?.[1];
    const [event, type] = [header('x-trace-id') ?? header('webhook-id') ?? null, header('x-event-type') ?? null];
    tell(this.context, { at: new Date().toISOString(), event, type, method: delivered.method, status: answer.status, ms }, [
      [new Date().toISOString(), delivered.method, type, event, `→ ${answer.status}`, `${ms} ms`].filter(Boolean).map((text) => line(String(text))).join('  '),
    ]);
    // If the request has waited too long, or its gateway is gone, the dispatcher tries again.
    await this.context.api.call('POST /v1/listeners/{id}/requests/{request}/answer', { path: { id: listener, request: delivered.id }, body: answer }).catch(ignoreRefusal);
    this.#handled.delete(delivered.id);
  }
}

function tell({ output }: Context, json: Json, lines: readonly string[]): void {
  if (output.isJson) printJson(json);
  else print(lines.join('\n'));
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
}

function targetOf(text: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new Refusal(`"${text}" is not the address of a server, such as http://localhost:3000/hooks.`, EXIT.usage);
}
