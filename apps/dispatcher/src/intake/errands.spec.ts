import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { AggregateRecord, ERRAND_HEADER, Errand, type Callback, type Topic } from '@nuncio/contracts';
import type { ConfigView, OutboundRecord, Viewed } from '@nuncio/kafka';
import fc from 'fast-check';
import { Fence } from '../delivery/fence.js';
import type { Passed } from '../delivery/pipeline.js';
import { Recorder } from '../delivery/recorder.js';
import type { Endpoint, Endpoints } from '../routing/endpoint.js';
import { Errands, workOf } from './errands.js';
import { firstErrand } from './resolve.js';

const NOW = 1_790_000_000_000;
const event = { id: 'evt_1', publisher: '', ceId: '1', source: '/s', type: 't', time: null, tenants: [], contentType: null, payload: Buffer.from('{}'), attributes: {} };
const subscriptions = ['sub_0', 'sub_1', 'sub_2', 'sub_3', 'sub_4'];
const state = { tenant: 'acme', callback: 'cb_1', eventTypes: ['t'], filter: null, state: 'activated', reason: null, approved: false, activatedAt: 1 };
const view = {
  get: (kind: string, id: string) => (kind === 'callback' ? { kind, id, state: {} } : AggregateRecord.parse({ kind, id, position: 1, version: 1, at: 0, state: { ...state, id } })),
  isNewer: () => false,
} as unknown as ConfigView;
/** No subscription is refused. */
const refusal = (): null => null;
const endpoints = { of: () => ({ callback: { enabled: true } as Callback }) as Endpoint } as unknown as Endpoints;

/** A record of five deliveries, of which a former owner finished some. Each goes on and ends when it is told to. */
function wide(finishedBefore: ReadonlySet<number>) {
  const fence = new Fence(() => Infinity);
  const [signal, lost] = [new AbortController(), new AbortController()];
  const finished = new Set(finishedBefore);
  const sent: string[] = [];
  const written: Errand[] = [];
  const turns = new Map(subscriptions.map((id) => [id, { begin: Promise.withResolvers<boolean>(), end: Promise.withResolvers<boolean>() }]));
  const run: ConstructorParameters<typeof Errands>[1]['run'] = async ({ subscription: { id } }: { subscription: Viewed<'subscription'> }, _, lease): Promise<Passed> => {
    await turns.get(id)?.begin.promise;
    if (!(await lease.go())) return 'abandoned';
    sent.push(id);
    await turns.get(id)?.end.promise;
    return (await lease.go()) ? 'done' : 'abandoned';
  };
  const send = (_: unknown, { headers }: OutboundRecord): Promise<void> => {
    written.push(Errand.parse(JSON.parse(String(headers?.[ERRAND_HEADER]))));
    return Promise.resolve();
  };
  const recorder = new Recorder({ send, sendJson: () => Promise.resolve() }, () => NOW);
  const record = { split: () => ({ isDone: (part: number) => finished.has(part), done: (part: number) => void finished.add(part) }) };
  const work = workOf(record, event, { ...firstErrand(event, NOW, subscriptions), hop: 7 });
  const errands = new Errands({ view, endpoints, routing: { refusal, refusalSince: refusal } }, { run }, recorder);
  const ended = errands.start(work, { topic: 'deliveries', partition: 0, offset: '1', lost: lost.signal }, fence.claim({ signal: signal.signal, lost: lost.signal }));
  return { fence, signal, lost, turns, finished, sent, written, ended };
}

type Move = `begin ${number}` | `end ${number}` | 'stop' | 'give up' | 'lose';
const parts = subscriptions.map((_, n) => n);
const moves = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom<Move[]>(...parts.flatMap((n): Move[] => [`begin ${n}`, `end ${n}`])) },
    { weight: 1, arbitrary: fc.constantFrom<Move[]>('stop', 'give up', 'lose') },
  ),
  { maxLength: 30 },
);

it('leaves nobody out of a record that is given up, whenever that is: what is not finished goes on with the next hop, or the record stays as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray(parts), moves, async (before, course) => {
      fc.pre(before.length < parts.length);
      const { fence, signal, lost, turns, finished, sent, written, ended } = wide(new Set(before));
      for (const move of course) {
        const [what, n] = move.split(' ');
        const of = turns.get(`sub_${n}`);
        if (what === 'begin') of?.begin.resolve(true);
        else if (what === 'end') of?.end.resolve(true);
        else if (what === 'lose') lost.abort();
        else {
          signal.abort();
          if (what === 'give up') await fence.handOn();
        }
        await turn();
      }
      signal.abort();
      for (const { begin, end } of turns.values()) [begin, end].forEach((one) => { one.resolve(true); });
      const isDone = await ended;
      const handedOn = written.flatMap((errand) => errand.subscriptions);
      expect(written.length).toBeLessThanOrEqual(1);
      for (const errand of written) expect(errand).toMatchObject({ hop: 8, number: 1, event: 'evt_1' });
      // No delivery is sent twice, or was finished before; a finished one does not go on.
      expect(new Set(sent).size).toBe(sent.length);
      for (const part of before) expect(sent).not.toContain(subscriptions[part]);
      for (const id of handedOn) expect(finished.has(subscriptions.indexOf(id))).toBe(false);
      if (isDone) expect(finished.size + handedOn.length).toBe(subscriptions.length);
      else expect(lost.signal.aborted || finished.size === 0).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it('knows again which deliveries of a record a former owner has finished', async () => {
  const { turns, sent, finished, written, ended } = wide(new Set([0, 2, 3]));
  for (const { begin, end } of turns.values()) [begin, end].forEach((one) => { one.resolve(true); });
  expect(await ended).toBe(true);
  expect([sent, written, finished.size]).toEqual([['sub_1', 'sub_4'], [], 5]);
});

it.each(['subscription', 'callback'])('leaves to a newer release what goes to a %s as only that knows it, with all that its errand says', async (newer) => {
  const written: [topic: string, errand: unknown][] = [];
  const send = ({ name }: Topic, { headers }: OutboundRecord): Promise<void> => Promise.resolve(void written.push([name, JSON.parse(String(headers?.[ERRAND_HEADER]))]));
  const recorder = new Recorder({ send, sendJson: () => Promise.reject(new Error('nothing has happened')) }, () => NOW);
  const run = (): Promise<Passed> => Promise.reject(new Error('it is not to be sent'));
  const errands = new Errands({ view: { get: (kind: never, id: string) => view.get(kind, id), isNewer: (kind) => kind === newer }, endpoints, routing: { refusal, refusalSince: refusal } }, { run }, recorder);
  const errand = { ...firstErrand(event, NOW, ['sub_0']), ofTheNextRelease: ['kept'] };
  const { signal } = new AbortController();
  const work = workOf({ split: () => ({ isDone: () => false, done: () => undefined }) }, event, errand);
  expect(await errands.start(work, { topic: 'events', partition: 0, offset: '1', lost: signal }, new Fence(() => Infinity).claim({ signal, lost: signal }))).toBe(true);
  expect(written).toEqual([['delay.30s', { ...errand, hop: 1 }]]);
});
