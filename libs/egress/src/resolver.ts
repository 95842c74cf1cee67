import { lookup, Resolver } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { OutboundError } from './outbound-error.js';

/** All addresses of a host, as text. Rejects with an OutboundError of class `dns`. `named`: the operator's EGRESS_ALLOW has the name. */
export type Resolve = (host: string, named: boolean) => Promise<readonly string[]>;

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
export function systemResolver(servers?: readonly string[]): Resolve {
  const resolver = new Resolver({ timeout: 1_000, tries: 3 });
  if (servers) resolver.setServers(servers);
  const underWay = new Map<string, Promise<readonly string[]>>();

  return (host, named) => {
    const key = `${named ? 'named' : 'public'} ${host}`;
    let answer = underWay.get(key);
    if (!answer) {
      answer = withDeadline(named ? lookUp(host) : query(resolver, host)).finally(() => underWay.delete(key));
      underWay.set(key, answer);
    }
    return answer;
  };
}

async function query(resolver: Resolver, host: string): Promise<string[]> {
  const addresses: string[] = [];
  const families = [resolver.resolve6(host), resolver.resolve4(host)].map((asked) => asked.then((found) => addresses.push(...found)));
  await Promise.any(families);
  await Promise.race([Promise.allSettled(families), delay(RESOLUTION_DELAY_MS)]);
  return [...addresses];
}

const lookUp = async (host: string): Promise<string[]> => (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);

async function withDeadline(answer: Promise<string[]>): Promise<readonly string[]> {
  const tooLate = new AbortController();
  try {
    return await Promise.race([answer, delay(DEADLINE_MS, null, { signal: tooLate.signal }).then(() => Promise.reject(new Error('DNS deadline')))]);
  } catch (error) {
    throw new OutboundError('dns', 'the host name cannot be resolved', error);
  } finally {
    tooLate.abort();
  }
}
