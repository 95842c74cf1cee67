import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FetchSession, type FetchTopics, type SessionRequest } from './fetch-session.js';

const NOT_FOUND = 70;
const WRONG_EPOCH = 71;

/** A broker's side, as Kafka has it: what it fetches for a session. */
class Sessions {
  readonly #kept = new Map<number, { epoch: number; asked: Map<string, string> }>();
  #ids = 0;

  fetch({ sessionId, sessionEpoch, topics, forgottenTopics }: SessionRequest): { errorCode: number; sessionId: number; asked: ReadonlyMap<string, string> } {
    if (sessionEpoch === 0) {
      this.#kept.delete(sessionId);
      this.#kept.set(++this.#ids, { epoch: 0, asked: new Map() });
    }
    const id = sessionEpoch === 0 ? this.#ids : sessionId;
    const kept = this.#kept.get(id);
    if (!kept) return { errorCode: NOT_FOUND, sessionId: 0, asked: new Map() };
    if (kept.epoch !== sessionEpoch) return { errorCode: WRONG_EPOCH, sessionId: 0, asked: new Map() };
    kept.epoch += 1;
    for (const { topic, partitions } of forgottenTopics) for (const partition of partitions) kept.asked.delete(`${topic}-${partition}`);
    for (const { topic, partitions } of topics) for (const { partition, fetchOffset, maxBytes } of partitions) kept.asked.set(`${topic}-${partition}`, `${fetchOffset} ${maxBytes}`);
    return { errorCode: 0, sessionId: id, asked: new Map(kept.asked) };
  }

  forget(): void {
    this.#kept.clear();
  }

  get size(): number {
    return this.#kept.size;
  }
}

const askedOf = (topics: FetchTopics): Map<string, string> =>
  new Map(topics.flatMap(({ topic, partitions }) => partitions.map(({ partition, fetchOffset, maxBytes }) => [`${topic}-${partition}`, `${fetchOffset} ${maxBytes}`] as const)));
const partition = (n: number, fetchOffset = '0') => ({ partition: n, fetchOffset, maxBytes: 1_000 });

describe('a fetch session', () => {
  it('names everything once, then only what has changed, has come and has gone', () => {
    const session = new FetchSession();
    const all = [{ topic: 'a', partitions: [partition(0), partition(1)] }, { topic: 'b', partitions: [partition(0)] }];
    expect(session.request(all)).toEqual({ sessionId: 0, sessionEpoch: 0, topics: all, forgottenTopics: [] });
    session.answered({ errorCode: 0, sessionId: 7 });
    expect(session.request(all)).toEqual({ sessionId: 7, sessionEpoch: 1, topics: [], forgottenTopics: [] });
    session.answered({ errorCode: 0, sessionId: 7 });
    const now = [{ topic: 'a', partitions: [partition(0, '9'), partition(2)] }];
    expect(session.request(now)).toEqual({ sessionId: 7, sessionEpoch: 2, topics: now, forgottenTopics: [{ topic: 'a', partitions: [1] }, { topic: 'b', partitions: [0] }] });
  });

  it('has the broker fetch what the consumer wants, whatever is lost on the way, and leaves no session behind that it knows of', () => {
    const wanted = fc
      .uniqueArray(fc.record({ topic: fc.constantFrom('a', 'b'), partition: fc.nat(3), fetchOffset: fc.nat(2).map(String), maxBytes: fc.constantFrom(1, 2) }), { selector: ({ topic, partition: n }) => `${topic}-${n}` })
      .map((all): FetchTopics => [...Map.groupBy(all, ({ topic }) => topic)].map(([topic, partitions]) => ({ topic, partitions })));
    const course = fc.constantFrom('answered', 'answered', 'answered', 'request lost', 'answer lost', 'broker restarted');
    fc.assert(
      fc.property(fc.array(fc.record({ wanted, course }), { maxLength: 30 }), (steps) => {
        const [broker, session] = [new Sessions(), new FetchSession()];
        let refused = 0;
        for (const { wanted: topics, course: what } of steps) {
          const request = session.request(topics);
          if (what === 'request lost') {
            session.failed();
            continue;
          }
          if (what === 'broker restarted') broker.forget();
          const { asked, ...answer } = broker.fetch(request);
          refused = answer.errorCode === 0 ? 0 : refused + 1;
          if (answer.errorCode === 0) expect(asked).toEqual(askedOf(topics));
          expect(refused).toBeLessThan(what === 'broker restarted' ? 3 : 2);
          if (what === 'answer lost') session.failed();
          else session.answered(answer);
        }
        expect(broker.size).toBeLessThanOrEqual(1 + steps.filter((step) => step.course === 'answer lost').length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is none where the broker makes none, or is older than Kafka 1.1', () => {
    const session = new FetchSession();
    const all = [{ topic: 'a', partitions: [partition(0)] }];
    for (const answer of [{ errorCode: 0, sessionId: 0 }, {}]) {
      expect(session.request(all)).toEqual({ sessionId: 0, sessionEpoch: 0, topics: all, forgottenTopics: [] });
      session.answered(answer);
    }
  });
});
