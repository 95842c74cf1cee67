import { lookup, Resolver } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, isOurs, OutboundError, resolverAway } from './outbound-error.js';

/** All addresses of a host, as text. Rejects with an OutboundError of class `dns`, or `internal` where it is our resolver that fails. `named`: the operator's EGRESS_ALLOW has the name. */
export interface Resolve {
  (host: string, named: boolean): Promise<readonly string[]>;
  /** Whether nobody has answered us anything for a while, although asked. */
  isAway?(): boolean;
}

const DEADLINE_MS = 5_000;
/** How long the second address family is waited for once the first is known (RFC 8305 §3). */
const RESOLUTION_DELAY_MS = 50;

/**
 * The machine's DNS servers, asked directly (c-ares). Not getaddrinfo: its lookups occupy the four threads of libuv's pool, so that four names whose
 * servers are silent would stop every other tenant's, and it tries search domains and the hosts file, which are not a tenant's to name.
 * Only a name that the operator listed is looked up as this machine does, hosts file and search domains included.
 *
 * A lookup under way is shared by all who want that host; its answer is kept for nobody else. `servers` (address:port) replace the machine's.
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

const TOO_LATE = Object.assign(new Error('nobody answered in time'), { code: 'EAI_AGAIN' });

/** The errors of getaddrinfo when it had no answer, by whatever means this machine finds names. */
const isUnanswered = (error: unknown): boolean => ['EAI_AGAIN', 'EAI_FAIL', 'EAI_MEMORY', 'EAI_SYSTEM'].includes(codeOf(error));

/** After so long without any answer the root is asked for, which every resolver knows; and nobody is there who has not answered anything for the second time. */
const SILENT_MS = 300;
const AWAY_MS = 900;

/** Codes of c-ares that no answer is behind. */
const UNANSWERED = new Set(['ETIMEOUT', 'ECONNREFUSED', 'ECANCELLED', 'ENOTINITIALIZED', 'ENOMEM', 'EFILE', 'EDESTRUCTION']);
/** Answers of a resolver that serves nobody, or cannot reach anybody; and of one that is well, about a name whose own servers are not. */
const DOUBTFUL = new Set(['EREFUSED', 'ESERVFAIL']);

/** Tells a name whose own servers are silent from a resolver of ours that is: the tenant's fault, or ours. */
class Presence {
  #lastAnswerAt = -Infinity;
  #silentSince: number | null = null;
  #failed = false;
  #asking: Promise<boolean> | null = null;

  constructor(private readonly resolver: Resolver) {}

  isAway(): boolean {
    return this.#failed || (this.#silentSince !== null && performance.now() - this.#silentSince > AWAY_MS);
  }

  /** Passes a question on. */
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

  /** Whether it answers what every resolver knows; asked once at a time. */
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
