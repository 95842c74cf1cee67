import { expect, it, jest } from '@jest/globals';
import { isFault } from '@nuncio/contracts';
import { Listener, type Answer, type Received } from './listener.js';

const QUIET_MS = 60_000;
const taken: Answer = { status: 204, headers: [], body: Buffer.alloc(0) };
const received = (body = ''): Received => ({ method: 'POST', headers: [], body: Buffer.from(body) });
const gone = (): AbortSignal => new AbortController().signal;
const bodyOf = async (reader: AsyncGenerator<{ received: Received; id: string } | null>): Promise<string | undefined> => ((await reader.next()).value as { received: Received } | undefined)?.received.body.toString();
const codeOf = (asked: Promise<Answer>): Promise<string> => asked.then(() => 'answered', (error: unknown) => (isFault(error) ? error.code : 'thrown'));

it('gives a request to the reader, and the answer to the sender', async () => {
  const listener = new Listener('key_1');
  const reader = listener.read(QUIET_MS);
  const next = reader.next();
  const asked = listener.ask(received('one'), gone());
  expect(await next).toMatchObject({ value: { id: '1', received: received('one') } });
  listener.answer('1', taken);
  expect(await asked).toBe(taken);
  expect(() => { listener.answer('1', taken); }).toThrow('no longer waits');
  listener.end();
});

it('gives waiting requests to a reader that reconnects, and ends the reader before it', async () => {
  const listener = new Listener('key_1');
  const first = listener.read(QUIET_MS);
  const asked = [listener.ask(received('one'), gone()), listener.ask(received('two'), gone())];
  expect([await bodyOf(first), await bodyOf(first)]).toEqual(['one', 'two']);
  const waiting = first.next();
  const second = listener.read(QUIET_MS);
  expect([await bodyOf(second), await bodyOf(second)]).toEqual(['one', 'two']);
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(listener.isRead).toBe(true);
  listener.end();
  expect(await Promise.all(asked.map(codeOf))).toEqual(['unavailable', 'unavailable']);
});

it('keeps at most 64 requests waiting, and none whose sender has hung up', async () => {
  const listener = new Listener('key_1');
  const hangUp = new AbortController();
  const asked = Array.from({ length: 64 }, () => codeOf(listener.ask(received('x'), hangUp.signal)));
  expect(await codeOf(listener.ask(received(), gone()))).toBe('unavailable');
  hangUp.abort();
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['timeout']));
  expect(listener.waitingBytes).toBe(0);
});

it('answers a request that nobody has answered in 30 s, and sends a heartbeat to an idle reader', async () => {
  jest.useFakeTimers();
  try {
    const listener = new Listener('key_1');
    const asked = codeOf(listener.ask(received(), gone()));
    await jest.advanceTimersByTimeAsync(30_000);
    expect(await asked).toBe('timeout');
    const quiet = listener.read(1_000).next();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await quiet).toEqual({ done: false, value: null });
  } finally {
    jest.useRealTimers();
  }
});
