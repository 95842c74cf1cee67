import { randomUUID } from 'node:crypto';
import { Receiver, type Api } from '@nuncio/fixtures';
import fc from 'fast-check';
import { describe } from '../fleet/contract.js';
import { eventually } from '../fleet/eventually.js';
import { seed } from '../schemathesis/seed.js';
import { calls, events, type Call, type Described } from './calls.js';

export interface Fuzzed {
  readonly calls: number;
  /** How often each status was answered. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Events that were accepted, and arrived. */
  readonly delivered: number;
  /** Callbacks that were accepted, and could be called. */
  readonly called: number;
  /** Each fault with the request that shows it. */
  readonly faults: readonly string[];
}

const SIDE_BY_SIDE = 8;
/** One event per this many calls. */
const EVENTS = 4;
const MOST_FAULTS = 20;
/** The least number of calls, on the slowest machine too. */
const AT_LEAST = 300;
/** Numbered names, since many resources must have unique ones. */
const NAMES = 5_000;
const ANSWER_WITHIN_MS = 30_000;

/** Makes `count` calls, or as many as fit into the time, with values at the edges of their schemas. */
export async function fuzz(api: Api, randomSeed: number, count: number, withinMs = Infinity): Promise<Fuzzed> {
  const receiver = await Receiver.start();
  try {
    const fuzzer = new Fuzzer(api, receiver.url);
    const next = await fuzzer.generator(randomSeed);
    const deadline = performance.now() + withinMs;
    const goesOn = (): boolean => fuzzer.calls < count && (fuzzer.calls < AT_LEAST || performance.now() < deadline) && fuzzer.faults.length < MOST_FAULTS;
    const workers = Array.from({ length: SIDE_BY_SIDE }, async () => {
      while (goesOn()) await fuzzer.make(next());
    });
    await Promise.all(workers);
    await fuzzer.allArrived(receiver).catch((error: unknown) => fuzzer.faults.push(String(error)));
    const { calls: made, statuses, called, faults } = fuzzer;
    return { calls: made, statuses, delivered: fuzzer.accepted.size, called, faults };
  } finally {
    await receiver.close();
  }
}

class Fuzzer {
  calls = 0;
  called = 0;
  readonly statuses: Record<string, number> = {};
  readonly accepted = new Set<string>();
  readonly faults: string[] = [];

  constructor(
    private readonly api: Api,
    private readonly receiver: string,
  ) {}

  async generator(randomSeed: number): Promise<() => Call> {
    const name = (): string => `f-${randomUUID().slice(0, 8)}`;
    const [kept, steady] = [name(), name()];
    const [seeds] = [await seed(this.api, kept, this.receiver), await seed(this.api, steady, this.receiver)];
    const known: Record<string, readonly unknown[]> = {
      ...Object.fromEntries(Object.entries(seeds).flatMap(([collection, id]) => [[collection, [id]], [collection.replace(/s$/, ''), [id]]])),
      eventTypes: [[`${kept}.paid`]],
      eventType: [`${kept}.paid`],
      name: Array.from({ length: NAMES }, name),
      url: [this.receiver],
      tokenUrl: ['https://id.acme.com/token'],
      // Calls may not take anything from the tenant that events go to.
      tenant: [kept],
    };
    const description = (await describe(this.api.url)) as unknown as Described;
    const both = fc.oneof({ weight: EVENTS, arbitrary: calls(description, (field) => known[field] ?? []) }, { weight: 1, arbitrary: events(`${steady}.paid`, steady) });
    const samples = fc.sample(both, { seed: randomSeed, numRuns: 1_000 })[Symbol.iterator]();
    let turn = samples;
    let batch = randomSeed;
    return () => {
      let one = turn.next();
      if (one.done) {
        turn = fc.sample(both, { seed: ++batch, numRuns: 1_000 })[Symbol.iterator]();
        one = turn.next();
      }
      return one.value!;
    };
  }

  async make(call: Call): Promise<void> {
    this.calls++;
    const answer = await this.#send(call);
    if (!answer) return;
    this.statuses[answer.status] = (this.statuses[answer.status] ?? 0) + 1;
    if (answer.status >= 500) this.#fault(call, `${answer.status} ${answer.text.slice(0, 300)}`);
    if (answer.status === 202 && call.template === 'post /v1/events') this.accepted.add((JSON.parse(answer.text) as { id: string }).id);
    if ((answer.status === 201 && call.template === 'post /v1/callbacks') || (answer.status === 200 && call.template === 'patch /v1/callbacks/{id}')) await this.#tryCallback(call, answer.text);
  }

  /** Nuncio must be able to send what it accepts: whatever the endpoint's answer, there must be no internal failure. */
  async #tryCallback(call: Call, text: string): Promise<void> {
    const { id, url, authentication } = JSON.parse(text) as { id: string; url: string; authentication: { type: string } };
    if (url !== this.receiver || authentication.type !== 'none') return;
    const answer = await this.#send({ template: '', method: 'POST', path: `/v1/callbacks/${id}/test`, headers: {}, body: undefined });
    if (answer?.status !== 200) return;
    this.called++;
    const { error } = JSON.parse(answer.text) as { error: { class: string; detail: string } | null };
    if (error?.class === 'internal') this.#fault(call, `cannot be sent: ${error.detail}`);
  }

  allArrived(receiver: Receiver): Promise<void> {
    return eventually(() => {
      const arrived = new Set(receiver.requests.map(({ headers }) => headers['webhook-id']));
      const missing = [...this.accepted].filter((id) => !arrived.has(id));
      if (missing.length > 0) throw new Error(`${missing.length} events were accepted and did not arrive: ${missing.slice(0, 5).join(' ')}`);
    });
  }

  async #send({ method, path, headers, body }: Call): Promise<{ status: number; text: string } | null> {
    try {
      const answer = await fetch(this.api.url + path, {
        method,
        headers: { authorization: `Bearer ${this.api.key}`, ...headers },
        ...(body !== undefined && method !== 'GET' && { body }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      return { status: answer.status, text: await answer.text() };
    } catch (error) {
      // fetch refuses to send some headers and paths. A server that hangs or hangs up is a fault.
      if (error instanceof TypeError && !error.message.includes('fetch failed')) return null;
      this.faults.push(`${method} ${path.slice(0, 300)}: ${String(error)} ${String((error as { cause?: Error }).cause?.message)}`);
      return null;
    }
  }

  #fault({ method, path, headers, body }: Call, what: string): void {
    this.faults.push(`${method} ${path} ${JSON.stringify(headers)} ${(body ?? '').slice(0, 2_000)}: ${what}`);
  }
}
