import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cpuSeconds, round } from './cpu.js';
import { TENANT, type Installation } from './installation.js';
import { FIRST, Load } from './load.js';
import { percentilesOf, reached, type Percentiles } from './measurement.js';

const TOKEN_COST = fileURLToPath(new URL('../../../apps/dispatcher/dist/tokens/token-cost.js', import.meta.url));
const PLAIN_TENANT = 'tokens-plain';
const ROUNDS = 4;
const EVENTS_PER_ROUND = 10_000;
const CHUNK = 1_000;
const FETCHES = 100;

interface TokensLine {
  readonly bench: 'tokens';
  /** Deliveries with OAuth. */
  readonly deliveries: number;
  readonly tokenRequests: number;
  /** Token requests saved compared with one for each delivery. */
  readonly requestsSaved: number;
  /** The duration of a token request, as token-service measures it, with an authorization server on this machine. */
  readonly fetchMs: Percentiles;
  /** The dispatcher's CPU microseconds per delivery, the best of several rounds in turn. */
  readonly cpuMicros: { readonly plain: number; readonly oauth: number };
  readonly ratio: number;
  /** The cost in one dispatcher of looking up a token in memory, and of opening a sealed one. */
  readonly cost: { readonly credentials: number; readonly lookupNanoseconds: number; readonly unsealNanoseconds: number };
}

/** What tokens add to the cost of a delivery, and how many token requests are saved. */
export async function tokens(installation: Installation): Promise<TokensLine> {
  const { stack, services, receiver, server } = installation;
  await installation.endpoint(PLAIN_TENANT, receiver.url);
  let next: number = FIRST.tokens;
  const requestsBefore = server.requests.length;
  const drained = async (tenant: string): Promise<number> => {
    const load = new Load(stack.brokers, services.topicPrefix, () => tenant);
    await load.connect();
    await receiver.forget();
    const processes = { dispatcher: services.services.dispatcher ?? { pid: 0 } };
    const before = await cpuSeconds(processes);
    for (let sent = 0; sent < EVENTS_PER_ROUND; sent += CHUNK) await load.publish(next + sent, CHUNK);
    next += EVENTS_PER_ROUND;
    await reached(`arrived of ${EVENTS_PER_ROUND}`, () => receiver.count(), (count) => count >= EVENTS_PER_ROUND);
    const after = await cpuSeconds(processes);
    await load.disconnect();
    return (((after.dispatcher ?? NaN) - (before.dispatcher ?? NaN)) * 1e6) / EVENTS_PER_ROUND;
  };

  const [plain, oauth]: [number[], number[]] = [[], []];
  // In turn, so that both are measured under the same conditions. The first round warms up.
  for (let n = 0; n <= ROUNDS; n++) {
    const [without, withToken] = [await drained(PLAIN_TENANT), await drained(TENANT)];
    if (n > 0) {
      plain.push(without);
      oauth.push(withToken);
    }
  }
  const deliveries = (ROUNDS + 1) * EVENTS_PER_ROUND;
  const tokenRequests = server.requests.length - requestsBefore;
  const cpuMicros = { plain: round(Math.min(...plain)), oauth: round(Math.min(...oauth)) };
  return {
    bench: 'tokens',
    deliveries,
    tokenRequests,
    requestsSaved: deliveries - tokenRequests,
    fetchMs: percentilesOf(await fetches(installation)),
    cpuMicros,
    ratio: Math.round((cpuMicros.oauth / cpuMicros.plain) * 1_000) / 1_000,
    cost: JSON.parse((await promisify(execFile)(process.execPath, [TOKEN_COST])).stdout) as TokensLine['cost'],
  };
}

/** How long a token request took for each of many credentials, in milliseconds. */
async function fetches({ api, server }: Installation): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < FETCHES; n++) {
    const { id } = await api.post<{ id: string }>('/v1/credentials', { tenant: TENANT, name: `tokens-${n}`, tokenUrl: server.tokenUrl, clientId: 'bench', clientSecret: 'a secret of a benchmark' });
    const { ok } = await api.post<{ ok: boolean }>(`/v1/credentials/${id}/test`);
    if (!ok) throw new Error(`credential ${id} gets no token`);
    const health = (): Promise<{ lastSuccess: { durationMs: number } | null }> => api.get(`/v1/credentials/${id}/health`);
    await reached('the token request in the log', async () => ((await health()).lastSuccess ? 1 : 0), (count) => count === 1);
    took.push((await health()).lastSuccess?.durationMs ?? NaN);
  }
  return took;
}
