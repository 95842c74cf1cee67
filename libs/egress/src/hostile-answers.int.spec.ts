import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import type { Answer } from './answer.js';
import { Egress } from './egress.js';
import { EgressAllowSetting } from './egress-allow.js';
import { hostileAnswers, type HostileAnswer } from './testing/hostile-answers.js';
import { answering, type RawServer, startRawServer } from './testing/raw-server.js';

const TIMEOUT_MS = 400;
const MAX_BYTES = 4_096;
const GOOD = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood';

const send = (egress: Egress, url: string, timeoutMs: number): Promise<Answer> =>
  egress.send({ url, method: 'POST', headers: {}, body: Buffer.from('{}'), timeoutMs, maxResponseBytes: MAX_BYTES, onOversize: 'cut' });

/** Answers the first request with the hostile bytes, and every other one well. `misbehaved` is called once it has, or the connection is closed. */
const misbehavingOnce = ({ bytes, then }: HostileAnswer, misbehaved: () => void): ((socket: Socket) => void) => {
  let first = true;
  return (socket) => {
    if (!first) {
      answering(GOOD)(socket);
      return;
    }
    first = false;
    socket.once('close', misbehaved);
    socket.once('data', () => {
      socket.write(bytes, () => {
        if (then === 'closes') socket.end();
        else if (then === 'resets') socket.resetAndDestroy();
        else answering(GOOD)(socket);
        misbehaved();
      });
      if (bytes.length === 0 && then === 'closes') socket.end();
    });
  };
};

describe('a hostile answer', () => {
  let egress: Egress;
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);

  beforeAll(() => {
    egress = new Egress({ allow: EgressAllowSetting.parse('127.0.0.1') });
    process.on('unhandledRejection', note).on('uncaughtException', note);
  });
  afterAll(async () => {
    await egress.close();
    process.off('unhandledRejection', note).off('uncaughtException', note);
  });

  it(`of ${hostileAnswers.length} kinds neither crashes nor hangs nor speaks for the next one`, async () => {
    expect(hostileAnswers.length).toBeGreaterThan(300);
    const faults: [string, unknown][] = [];
    const classes = new Map<string, number>();

    const meet = async (hostile: HostileAnswer): Promise<void> => {
      const over = Promise.withResolvers<undefined>();
      const server: RawServer = await startRawServer(misbehavingOnce(hostile, () => { over.resolve(undefined); }));
      const answer = await send(egress, server.url, TIMEOUT_MS);
      const outcome = answer.ok ? 'ok' : answer.error.class;
      classes.set(outcome, (classes.get(outcome) ?? 0) + 1);
      if (answer.ok && answer.body.length > MAX_BYTES) faults.push([hostile.what, 'a body past the limit']);
      if (!answer.ok && !['connect', 'invalid_response', 'timeout', 'too_large'].includes(outcome)) faults.push([hostile.what, outcome]);
      // What was sent arrives in the next turn of the loop.
      await over.promise;
      for (let turns = 0; turns < 3; turns++) await new Promise(setImmediate);
      const next = await send(egress, server.url, 60_000);
      if (!next.ok || next.body.toString() !== 'good') faults.push([hostile.what, next]);
      if (!answer.ok && server.accepted < 2) faults.push([hostile.what, 'the socket was used again']);
      await server.close();
    };

    for (let i = 0; i < hostileAnswers.length; i += 16) await Promise.all(hostileAnswers.slice(i, i + 16).map(meet));
    expect(faults).toEqual([]);
    expect(unhandled).toEqual([]);
    // The cases are of all kinds: some are accepted, and the others fail in every possible way.
    for (const outcome of ['ok', 'connect', 'invalid_response', 'too_large']) expect([outcome, classes.get(outcome) ?? 0]).not.toEqual([outcome, 0]);
  });
});
