import { X509Certificate } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { getCACertificates } from 'node:tls';
import type { Answer } from './answer.js';
import { Call } from './call.js';
import { connect, type ConnectSettings } from './connect.js';
import { Connection } from './connection.js';
import type { EgressAllow } from './egress-allow.js';
import type { EgressProxy } from './egress-proxy.js';
import { exchange } from './exchange.js';
import { Handshakes } from './handshakes.js';
import { Http2Connection } from './http2-connection.js';
import { exchangeOverHttp2 } from './http2-exchange.js';
import { Opening } from './opening.js';
import { blockedAddress, OutboundError } from './outbound-error.js';
import type { OutboundRequest } from './outbound-request.js';
import { MAX_IDLE, Pool } from './pool.js';
import { Protocols } from './protocols.js';
import { type Resolve, systemResolver } from './resolver.js';
import { parseTarget, type Target } from './target.js';
import { SecureContexts } from './tls-identity.js';

export interface EgressOptions {
  readonly allow: EgressAllow;
  /** Connections to the public internet go through this proxy. */
  readonly proxy?: EgressProxy | null;
  /** PEM certificates of authorities to trust besides the machine's. */
  readonly extraCa?: readonly string[];
  /** Resolves names to addresses; default: the machine's DNS servers. */
  readonly resolve?: Resolve;
  /** Whether to use HTTP/2 if an endpoint offers it; default: yes. */
  readonly http2?: boolean;
  /** The most TLS handshakes in progress; default 64. */
  readonly maxHandshakes?: number;
  /** The most idle connections, over all origins; default 4,096. */
  readonly maxIdle?: number;
}

/** With more in progress each takes longer, and none is done sooner: docs/performance.md. */
export const MAX_HANDSHAKES = 64;
/** How often a request may be refused unprocessed. The last connection is the request's own, so that requests of others do not use it up. */
const MOST_REFUSALS = 2;

const URLS_REMEMBERED = 10_000;

/**
 * The only way out to hosts that a tenant can name. Never follows a redirect, never uses a proxy from the environment, never sends to an address that
 * was not judged: parse → resolve → classify → pin → connect → check, then an exchange on that socket, in HTTP/2 if the endpoint offers it.
 */
export class Egress {
  readonly #settings: ConnectSettings;
  readonly #secureContexts: SecureContexts;
  readonly #pool: Pool<Connection | Http2Connection>;
  /** Connections being opened that others may join, by origin. */
  readonly #openings = new Map<string, Opening<Connection | Http2Connection>>();
  readonly #handshakes: Handshakes;
  readonly #protocols: Protocols;
  readonly #targets = new Map<string, Target>();

  constructor({ allow, proxy = null, extraCa = [], resolve = systemResolver(), http2 = true, maxHandshakes = MAX_HANDSHAKES, maxIdle = MAX_IDLE }: EgressOptions) {
    this.#pool = new Pool(maxIdle);
    this.#handshakes = new Handshakes(maxHandshakes);
    this.#protocols = new Protocols(http2);
    this.#secureContexts = new SecureContexts({ minVersion: 'TLSv1.2', ca: [...getCACertificates('default'), ...extraCa] });
    this.#settings = { allow, proxy, resolve, secureContext: this.#secureContexts.of(undefined), trustEndsAt: endOf(extraCa) };
  }

  /** Never throws or rejects: every failure is an answer with an error class. */
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

  /** Closes idle connections now, and those in use after their answer. Resolves when all are closed. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  async #perform(request: OutboundRequest, call: Call): Promise<Answer> {
    const target = this.#target(request.url);
    refuseHost(request.headers);
    const { identity } = request;
    const origin = identity ? `${target.origin} as ${identity.id}` : target.origin;
    for (let refusals = 0; refusals <= MOST_REFUSALS; ) {
      const alone = refusals === MOST_REFUSALS;
      const idle = alone ? null : this.#pool.take(origin);
      const connection = idle ?? (await this.#open(target, origin, request, call, alone));
      if (request.sendBefore !== undefined && Date.now() >= request.sendBefore) {
        this.#release(connection);
        throw new OutboundError('token', 'connecting took longer than the token may be used');
      }
      call.httpVersion = connection instanceof Http2Connection ? '2.0' : '1.1';
      const result = await (connection instanceof Http2Connection
        ? exchangeOverHttp2(connection, target, request, call, () => {
            this.#release(connection);
          })
        : exchange(this.#pool, connection, target.path, request, call));
      if (result !== 'unsent') return result;
      call.httpVersion = null;
      if (!idle && !connection.shared) break;
      if (connection.shared) refusals++;
    }
    throw new OutboundError('connect', 'the connection was closed early');
  }

  #release(connection: Connection | Http2Connection): void {
    if (connection instanceof Http2Connection) connection.left();
    this.#pool.release(connection, connection instanceof Connection || connection.idle);
  }

  /** A new connection, or a slot on one that another request has opened meanwhile. `alone`: nobody else uses it until it is released. */
  async #open(target: Target, origin: string, request: OutboundRequest, call: Call, alone: boolean): Promise<Connection | Http2Connection> {
    for (;;) {
      const others = alone ? undefined : this.#openings.get(origin);
      const opening = others && !others.over ? others : this.#begin(target, origin, request, alone);
      const connection = (await opening.wait(call)) ?? this.#pool.take(origin);
      if (connection) return connection;
    }
  }

  #begin(target: Target, origin: string, { identity, tenant = '' }: OutboundRequest, alone: boolean): Opening<Connection | Http2Connection> {
    const asWhom = this.#secureContexts.of(identity);
    const turn = target.secure ? this.#handshakes.enter(tenant) : null;
    const opening = new Opening(
      turn,
      async (call) => {
        const socket = await connect(target, this.#settings, asWhom, this.#protocols.offer(origin), call);
        const spoken = 'alpnProtocol' in socket && socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1';
        if (target.secure) this.#protocols.learn(origin, spoken);
        if (spoken === 'http/1.1') return this.#pool.add(new Connection(origin, target.origin, socket));
        return this.#pool.add(new Http2Connection(origin, target.origin, socket, this.#protocols), alone);
      },
      (connection) => {
        this.#release(connection);
      },
    );
    if (!alone && target.secure && this.#protocols.mayShare(origin)) {
      this.#openings.set(origin, opening);
      opening.onOver(() => {
        if (this.#openings.get(origin) === opening) this.#openings.delete(origin);
      });
    }
    return opening;
  }

  /** The result depends only on the URL's text and EGRESS_ALLOW, so it is remembered. */
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

const endOf = (certificates: readonly string[]): number => Math.min(Infinity, ...certificates.map((pem) => new X509Certificate(pem).validToDate.getTime()));

/** undici would take Host, and with it the SNI, from a header. */
function refuseHost(headers: Record<string, string>): void {
  for (const name in headers) {
    if (name.length === 4 && name.toLowerCase() === 'host') throw new OutboundError('internal', 'the request cannot be sent: the header host comes from the URL');
  }
}

const isRefusal = (error: unknown): boolean => error instanceof OutboundError && error.errorClass === 'blocked_address';

const REFUSAL_STEP_MS = 100;

/**
 * Every refusal has the same text, no times, and is answered at the next full tenth of a second. So neither its text nor its timing tells whether the
 * URL or DNS caused it, and nobody can map a network with it. (Deadlines are whole tenths too.)
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
  return { ok: false, error: { class: errorClass, detail: message }, timings: call.timings, carriage: call.carriage };
}
