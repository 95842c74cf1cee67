import { lookup, Resolver } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, isOurs, OutboundError, resolverAway } from './outbound-error.js';

/**
 * Resolves a host to all its addresses, as text. Rejects with an OutboundError of class `dns`, or `internal` if our resolver fails. `named`:
 * EGRESS_ALLOW has the name.
 */
export interface Resolve {
  (host: string, named: boolean): Promise<readonly string[]>;
  /** Whether no DNS server has answered any question for a while. */
  isAway?(): boolean;
}

const DEADLINE_MS = 5_000;
/** How long to wait for the second address family once the first is known (RFC 8305 §3). */
const RESOLUTION_DELAY_MS = 50;

/**
 * Asks the machine's DNS servers directly (c-ares). getaddrinfo is not used: its look-ups occupy the four threads of libuv's pool, so four names with
 * silent servers would stop everybody's; and it uses search domains and the hosts file, which tenants must not reach. Only a name in EGRESS_ALLOW is
 * looked up as this machine does. Concurrent look-ups of a host share one question; its answer is not cached. `servers` (address:port) replace the
 * machine's.
 */
export function systemResolver(servers: readonly string[] | null = null): Resolve {
  const resolver = new Resolver({ timeout: 1_000, tries: 3 });
  if (servers) resolver.setServers(servers);
  const underWay = new Map<string, Promise<readonly string[]>>();
  const presence = new Presence(resolver);

  const resolve: Resolve = (host, named) => {
    const key = `${named ? 'named' : 'public'} ${host}`;
    let answer = underWay.get(key);
    if (!answer) {
      answer = withDeadline(named ? lookUp(host) : query(resolver, presence, host), (error) => (named ? isUnanswered(error) : presence.isAway())).finally(() => underWay.delete(key));
      underWay.set(key, answer);
    }
    return answer;
  };
  resolve.isAway = () => presence.isAway();
  return resolve;
}

async function query(resolver: Resolver, presence: Presence, host: string): Promise<string[]> {
  const addresses: string[] = [];
  const families = [resolver.resolve6(host), resolver.resolve4(host)].map((asked) => presence.watch(asked).then((found) => addresses.push(...found)));
  await Promise.any(families);
  await Promise.race([Promise.allSettled(families), delay(RESOLUTION_DELAY_MS)]);
  return [...addresses];
}

const lookUp = async (host: string): Promise<string[]> => (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);

async function withDeadline(answer: Promise<string[]>, isAway: (error: unknown) => boolean): Promise<readonly string[]> {
  const tooLate = new AbortController();
  try {
    return await Promise.race([answer, delay(DEADLINE_MS, null, { signal: tooLate.signal }).then(() => Promise.reject(TOO_LATE))]);
  } catch (error) {
    throw isAway(error) || isOurs(error) ? resolverAway(error) : new OutboundError('dns', 'the host name cannot be resolved', error);
  } finally {
    tooLate.abort();
  }
}

const TOO_LATE = Object.assign(new Error('no answer in time'), { code: 'EAI_AGAIN' });

/** Errors of getaddrinfo without an answer, by whatever means this machine resolves names. */
const isUnanswered = (error: unknown): boolean => ['EAI_AGAIN', 'EAI_FAIL', 'EAI_MEMORY', 'EAI_SYSTEM'].includes(codeOf(error));

/**
 * After this time without any answer the root zone is asked for, which every resolver knows. If that is not answered for the second time, the
 * resolver is away.
 */
const SILENT_MS = 300;
const AWAY_MS = 900;

/** Codes of c-ares that are not based on an answer. */
const UNANSWERED = new Set(['ETIMEOUT', 'ECONNREFUSED', 'ECANCELLED', 'ENOTINITIALIZED', 'ENOMEM', 'EFILE', 'EDESTRUCTION']);
/** Answers of a resolver that refuses us, or reaches no servers; but also of a working one about a name whose own servers fail. */
const DOUBTFUL = new Set(['EREFUSED', 'ESERVFAIL']);

/** Tells a name whose own servers are silent (the tenant's fault) from a resolver that is away (ours). */
class Presence {
  #lastAnswerAt = -Infinity;
  #silentSince: number | null = null;
  #failed = false;
  #asking: Promise<boolean> | null = null;

  constructor(private readonly resolver: Resolver) {}

  isAway(): boolean {
    return this.#failed || (this.#silentSince !== null && performance.now() - this.#silentSince > AWAY_MS);
  }

  /** Watches how a question ends. */
  async watch<T>(asked: Promise<T>): Promise<T> {
    const askedAt = performance.now();
    const timer = setTimeout(() => {
      if (this.#lastAnswerAt >= askedAt) return;
      this.#silentSince ??= askedAt;
      void this.#knowsTheRoot();
    }, SILENT_MS);
    try {
      const answer = await asked;
      this.#heard();
      return answer;
    } catch (error) {
      if (DOUBTFUL.has(codeOf(error))) this.#failed = !(await this.#knowsTheRoot());
      else if (!UNANSWERED.has(codeOf(error))) this.#heard();
      else if (codeOf(error) !== 'ETIMEOUT') this.#failed = true;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #heard(): void {
    this.#lastAnswerAt = performance.now();
    this.#silentSince = null;
    this.#failed = false;
  }

  /** Whether the resolver answers for the root zone. Concurrent calls share one question. */
  #knowsTheRoot(): Promise<boolean> {
    this.#asking ??= this.#askForRoot().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #askForRoot(): Promise<boolean> {
    try {
      await this.resolver.resolveNs('.');
    } catch (error) {
      if (UNANSWERED.has(codeOf(error)) || DOUBTFUL.has(codeOf(error))) return false;
    }
    this.#heard();
    return true;
  }
}
