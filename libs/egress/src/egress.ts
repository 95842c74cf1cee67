import { setTimeout as delay } from 'node:timers/promises';
import { getCACertificates } from 'node:tls';
import type { Answer } from './answer.js';
import { Call } from './call.js';
import { connect, type ConnectSettings } from './connect.js';
import { Connection } from './connection.js';
import type { EgressAllow } from './egress-allow.js';
import type { EgressProxy } from './egress-proxy.js';
import { exchange } from './exchange.js';
import { blockedAddress, OutboundError } from './outbound-error.js';
import type { OutboundRequest } from './outbound-request.js';
import { Pool } from './pool.js';
import { type Resolve, systemResolver } from './resolver.js';
import { parseTarget, type Target } from './target.js';
import { SecureContexts } from './tls-identity.js';

export interface EgressOptions {
  readonly allow: EgressAllow;
  /** What goes to the public internet goes through it. */
  readonly proxy?: EgressProxy | null;
  /** Certificates (PEM) of authorities that are trusted besides the machine's. */
  readonly extraCa?: readonly string[];
  /** How names become addresses; default: the machine's DNS servers. */
  readonly resolve?: Resolve;
}

const URLS_REMEMBERED = 10_000;

/**
 * The one way out to hosts that a tenant can name. Never follows a redirect, never asks a proxy of the environment, never sends to an address that was not
 * judged: parse → resolve → classify → pin → connect → check, then one HTTP/1.1 exchange on that socket.
 */
export class Egress {
  readonly #settings: ConnectSettings;
  readonly #secureContexts: SecureContexts;
  readonly #pool = new Pool<Connection>();
  readonly #targets = new Map<string, Target>();

  constructor({ allow, proxy = null, extraCa = [], resolve = systemResolver() }: EgressOptions) {
    this.#secureContexts = new SecureContexts({ minVersion: 'TLSv1.2', ca: [...getCACertificates('default'), ...extraCa] });
    this.#settings = { allow, proxy, resolve, secureContext: this.#secureContexts.of(undefined) };
  }

  /** Never throws and never rejects: whatever goes wrong is an answer with an error class. */
  async send(request: OutboundRequest): Promise<Answer> {
    const call = new Call(request.timeoutMs);
    try {
      return await this.#perform(request, call);
    } catch (error) {
      return isRefusal(error) ? await refused(call) : failed(error, call);
    } finally {
      call.close();
    }
  }

  /** Closes idle connections now, those in use with their answer; resolves when all are closed. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  async #perform(request: OutboundRequest, call: Call): Promise<Answer> {
    const target = this.#target(request.url);
    refuseHost(request.headers);
    const { identity } = request;
    const origin = identity ? `${target.origin} as ${identity.id}` : target.origin;
    for (;;) {
      const idle = this.#pool.take(origin);
      const connection = idle ?? this.#pool.add(new Connection(origin, target.origin, await connect(target, this.#settings, this.#secureContexts.of(identity), call)));
      if (request.sendBefore !== undefined && Date.now() >= request.sendBefore) {
        this.#pool.release(connection);
        throw new OutboundError('token', 'the connection took longer than the token was usable');
      }
      const result = await exchange(this.#pool, connection, target.path, request, call);
      if (result !== 'unsent') return result;
      if (!idle) throw new OutboundError('connect', 'the connection was closed early');
    }
  }

  /** The rules of a URL depend on nothing but its text and EGRESS_ALLOW, so that they are gone through once. */
  #target(url: string): Target {
    const known = this.#targets.get(url);
    if (known) return known;
    const parsed = parseTarget(url, this.#settings.allow);
    if (!parsed.ok) throw blockedAddress();
    if (this.#targets.size >= URLS_REMEMBERED) this.#targets.clear();
    this.#targets.set(url, parsed.target);
    return parsed.target;
  }
}

/** undici would take Host, and SNI with it, from a header. */
function refuseHost(headers: Record<string, string>): void {
  for (const name in headers) {
    if (name.length === 4 && name.toLowerCase() === 'host') throw new OutboundError('internal', "the request cannot be sent: host is the URL's");
  }
}

const isRefusal = (error: unknown): boolean => error instanceof OutboundError && error.errorClass === 'blocked_address';

const REFUSAL_STEP_MS = 100;

/**
 * One text for every refusal, no times, and told at the next full tenth of a second: neither what it says nor when tells what refused it, the URL's
 * text or DNS, and nobody can map a network by it. (Deadlines are whole tenths too.)
 */
async function refused(call: Call): Promise<Answer> {
  await delay(REFUSAL_STEP_MS - (call.elapsedMs % REFUSAL_STEP_MS));
  const { errorClass, message } = blockedAddress();
  return { ok: false, error: { class: errorClass, detail: message }, timings: { dns: null, connect: null, tls: null, firstByte: null, total: 0 } };
}

function failed(error: unknown, call: Call): Answer {
  const { errorClass, message } =
    error instanceof OutboundError ? error : new OutboundError('internal', `the request cannot be sent: ${error instanceof Error ? error.name : 'unknown'}`);
  call.mark('total');
  return { ok: false, error: { class: errorClass, detail: message }, timings: call.timings };
}
