import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { cpuSeconds, round } from './cpu.js';
import { EVENT_TYPE, TENANT, type Installation } from './installation.js';

const FLOOR = fileURLToPath(new URL('floor/ingest.js', import.meta.url));
const WARM_UP = 15_000;
/** Both are measured in turn, a share of the events each time: what else the machine does then falls on both. */
const ROUNDS = 10;
const EVENTS = 60_000;
const IN_FLIGHT = 128;
/** Each key may send a thousand requests a second. */
const KEYS = 20;
const PAYLOAD = Buffer.from(`{"note":"${'x'.repeat(689)}"}`);

interface IngestLine {
  readonly bench: 'ingest';
  readonly events: number;
  readonly perSecond: number;
  /** Medians of the rounds. CPU microseconds of the gateway per event, and how many events a second of one core is enough for. */
  readonly cpuMicros: number;
  readonly perCoreSecond: number;
  readonly floor: Measured;
  /** Of CPU, the median of the rounds. */
  readonly ratio: number;
}

/**
 * `POST /v1/events` with one event of 700 B per request, through the gateway and through a bare Fastify + kafkajs loop.
 */
export async function ingest({ stack, services, api }: Installation): Promise<IngestLine> {
  const keys = await Promise.all(Array.from({ length: KEYS }, async (_, n) => (await api.post<{ key: string }>('/v1/api-keys', { name: `ingest ${n}`, role: 'publisher', tenant: TENANT })).key));
  // Nothing is delivered meanwhile, since the machine has only two cores.
  await services.kill('dispatcher', 'SIGTERM');
  const floor = await startFloor(stack.brokers);
  const gateway = { origin: services.url, pid: services.services.gateway?.pid ?? 0 };
  try {
    for (const target of [floor, gateway]) await measure(target, keys, WARM_UP);
    const rounds: { readonly bare: Measured; readonly measured: Measured }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const bare = await measure(floor, keys, EVENTS / ROUNDS);
      rounds.push({ bare, measured: await measure(gateway, keys, EVENTS / ROUNDS) });
    }
    const cpuMicros = median(rounds.map(({ measured }) => measured.cpuMicros));
    return {
      bench: 'ingest',
      events: EVENTS,
      perSecond: median(rounds.map(({ measured }) => measured.perSecond)),
      cpuMicros,
      perCoreSecond: Math.round(1e6 / cpuMicros),
      floor: { perSecond: median(rounds.map(({ bare }) => bare.perSecond)), cpuMicros: median(rounds.map(({ bare }) => bare.cpuMicros)) },
      ratio: Math.round(median(rounds.map(({ bare, measured }) => (100 * measured.cpuMicros) / bare.cpuMicros))) / 100,
    };
  } finally {
    floor.stop();
    await services.start('dispatcher');
  }
}

interface Target {
  readonly origin: string;
  readonly pid: number;
}

let sent = 0;

interface Measured {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

async function measure({ origin, pid }: Target, keys: readonly string[], events: number): Promise<Measured> {
  const pool = new Pool(origin, { connections: IN_FLIGHT, pipelining: 1 });
  const before = await cpuSeconds({ target: { pid } });
  const began = performance.now();
  let left = events;
  const senders = Array.from({ length: IN_FLIGHT }, async () => {
    while (left-- > 0) await post(pool, keys[sent % keys.length] ?? '', sent++);
  });
  await Promise.all(senders);
  const seconds = (performance.now() - began) / 1_000;
  const after = await cpuSeconds({ target: { pid } });
  await pool.close();
  return { perSecond: Math.round(events / seconds), cpuMicros: round((((after.target ?? 0) - (before.target ?? 0)) * 1e6) / events) };
}

async function post(pool: Pool, key: string, n: number): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'ce-specversion': '1.0', 'ce-id': `ingest-${n}`, 'ce-source': '/bench', 'ce-type': EVENT_TYPE, 'ce-tenant': TENANT };
  const { statusCode, body } = await pool.request({ method: 'POST', path: '/v1/events', headers, body: PAYLOAD });
  const text = await body.text();
  if (statusCode !== 202) throw new Error(`an event was answered ${statusCode}: ${text}`);
}

async function startFloor(brokers: string): Promise<Target & { stop: () => void }> {
  const child = spawn(process.execPath, [FLOOR], { env: { ...process.env, KAFKA_BROKERS: brokers }, stdio: ['pipe', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
  return { origin: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => child.stdin.end() };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
