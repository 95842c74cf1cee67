import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from './answer.js';
import { Egress, type EgressOptions } from './egress.js';
import { EgressAllowSetting } from './egress-allow.js';
import { makeCertificate } from './testing/certificate.js';
import { type RawServer, startRawServer } from './testing/raw-server.js';
import { startSlowTlsServer } from './testing/slow-tls-server.js';

const certificate = makeCertificate('DNS:*.customer.com');
let server: Awaited<ReturnType<typeof startSlowTlsServer>>;
let silent: RawServer;
let egress: Egress;

const egressOf = (options: Partial<EgressOptions>): Egress =>
  new Egress({ allow: EgressAllowSetting.parse('127.0.0.0/8'), extraCa: [certificate.cert], resolve: async () => ['127.0.0.1'], ...options });
const send = (host: string, port: number, timeoutMs: number, tenant = 'acme'): Promise<Answer> =>
  egress.send({ url: `https://${host}.customer.com:${port}/`, tenant, method: 'POST', headers: {}, body: Buffer.from('{}'), timeoutMs, maxResponseBytes: 1_000, onOversize: 'cut' });
const classOf = (answer: Answer): string => (answer.ok ? 'ok' : answer.error.class);
const classesOf = (answers: readonly Answer[]): Record<string, number> => Object.fromEntries([...new Set(answers.map(classOf))].map((each) => [each, answers.filter((answer) => classOf(answer) === each).length]));

beforeEach(async () => {
  server = await startSlowTlsServer(certificate, 10);
  silent = await startRawServer(() => undefined);
});
afterEach(async () => {
  await egress.close();
  await Promise.all([server.close(), silent.close()]);
});

describe('many new endpoints at once', () => {
  it('do not run out of time while they wait for a slot for their handshakes: a healthy receiver among 300 seemed to time out', async () => {
    egress = egressOf({ maxHandshakes: 4 });
    const answers = await Promise.all(Array.from({ length: 300 }, (_, i) => send(`x${i}`, server.port, 2_500)));
    expect(classesOf(answers)).toEqual({ ok: 300 });
    // Their clocks were stopped meanwhile.
    expect(Math.max(...answers.map(({ timings }) => timings.total))).toBeLessThan(2_500);
  });

  it('leave a slot for another tenant, whose handshake takes only its own time', async () => {
    egress = egressOf({ maxHandshakes: 4 });
    const stuck = Array.from({ length: 50 }, (_, i) => send(`x${i}`, silent.port, 8_000));
    let givenUp = 0;
    for (const one of stuck) void one.then(() => (givenUp += 1));
    expect(classOf(await send('y', server.port, 60_000, 'other'))).toBe('ok');
    // Earlier than a stuck handshake gives up its slot.
    expect(givenUp).toBe(0);
    await egress.close();
    expect(classOf((await Promise.all(stuck.slice(0, 2)))[0]!)).toBe('timeout');
  });
});

describe('one endpoint', () => {
  it('get one connection while it is unknown what an endpoint speaks, and each request has its own time', async () => {
    egress = egressOf({});
    const answers = await Promise.all([send('x', silent.port, 1_800), send('x', silent.port, 600), send('x', silent.port, 1_200)]);
    expect(answers.map(classOf)).toEqual(['timeout', 'timeout', 'timeout']);
    const [longest = 0, shortest = 0, middle = 0] = answers.map(({ timings }) => timings.total);
    expect([shortest >= 600, middle >= 1_200, longest >= 1_800]).toEqual([true, true, true]);
    expect([shortest, middle, longest]).toEqual([shortest, middle, longest].sort((a, b) => a - b));
    expect(silent.accepted).toBe(1);
  });

  it('get a connection for each request at a time if the endpoint speaks HTTP/1.1', async () => {
    egress = egressOf({});
    for (let round = 0; round < 2; round++) expect(classesOf(await Promise.all(Array.from({ length: 20 }, () => send('x', server.port, 5_000))))).toEqual({ ok: 20 });
  });
});
