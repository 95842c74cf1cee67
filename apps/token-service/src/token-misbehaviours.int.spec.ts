import { randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TokenResponse } from '@nuncio/auth';
import { Credential } from '@nuncio/contracts';
import { Egress, EgressAllowSetting, systemResolver } from '@nuncio/egress';
import { startStage, tokenMisbehaviours, type Outcome, type Stage } from '@nuncio/fixtures/token-misbehaviours';
import { parseKeyRing, seal, Secret } from '@nuncio/sealing';
import { ClientCredentials } from './client-credentials.js';

/** For those that must use it up; and for the rest, so that a busy machine makes none of them late. */
const BUDGET_MS = 300;
const AMPLE_BUDGET_MS = 5_000;
/** Beyond the longest stall of this process, which a busy machine causes and no client can help. */
const TOLERANCE_MS = 1_000;
const MAX_GROWTH_BYTES = 1_048_576;

const ring = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
const sealed = (text: string, field: string): string => seal(ring, new Secret(text), { tenant: 'acme', kind: 'credential', id: 'cred_1', field });
const credential = (tokenUrl: string): Credential => ({
  id: 'cred_1',
  tenant: 'acme',
  groups: [],
  name: 'as',
  tokenUrl,
  issuer: null,
  authMethod: 'client_secret_basic',
  basicEncoding: 'rfc6749',
  assertionAudience: 'token-url',
  assertionAlgorithm: 'ES256',
  clientKey: null,
  clientCertificate: null,
  certificateForDelivery: false,
  assumeBearer: false,
  clientId: sealed('client', 'clientId'),
  clientSecret: sealed('secret', 'clientSecret'),
  scope: null,
  audience: null,
  resource: null,
  params: {},
  headers: {},
});

const told = (response: TokenResponse): Outcome =>
  response.ok
    ? { ok: true, expiresInSeconds: response.expiresInSeconds }
    : { ok: false, ...response.tokenError, class: response.tokenError.class as 'http', retryAfterMs: response.retryAfterMs };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const usedBytes = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** What was there after the case before this one. */
let settledBytes = 0;

/** What is more than before once garbage is gone: buffers are given back by another thread, a little later. */
async function growth(): Promise<number> {
  const before = settledBytes;
  let least = Infinity;
  for (let tries = 0; tries < 40 && least > MAX_GROWTH_BYTES; tries++) {
    least = Math.min(least, usedBytes() - before);
    if (least > MAX_GROWTH_BYTES) await pause(25);
  }
  settledBytes = before + least;
  return least;
}

const stalls = monitorEventLoopDelay({ resolution: 5 });
let stage: Stage;
let egress: Egress;
let hasty: ClientCredentials;
let patient: ClientCredentials;

beforeAll(async () => {
  stalls.enable();
  stage = await startStage();
  egress = new Egress({ allow: EgressAllowSetting.parse('127.0.0.0/8'), extraCa: [stage.ca], resolve: systemResolver([stage.nameServer]) });
  hasty = new ClientCredentials(egress, ring, BUDGET_MS);
  patient = new ClientCredentials(egress, ring, AMPLE_BUDGET_MS);
  // What the first call of all loads is no growth.
  await patient.fetch(credential('http://127.0.0.1:1/token'));
  settledBytes = usedBytes();
});
afterAll(async () => {
  stage.close();
  await egress.close();
});

it('plays more than 120 of them, each under a name of its own', () => {
  const names = Object.values(tokenMisbehaviours).flatMap((group) => group.map(({ name }) => name));
  expect(names.length).toBeGreaterThanOrEqual(120);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(Object.entries(tokenMisbehaviours))(
  '%s: within the budget, and without growing, it comes to the one right outcome against a token endpoint that',
  (_, group) => {
    it.each(group.map((misbehaviour) => [misbehaviour.name, misbehaviour] as const))('%s', async (_name, misbehaviour) => {
      const { url, close } = await stage.open(misbehaviour);
      const target = credential(url);
      stalls.reset();
      const startedAt = performance.now();
      const isSlow = !misbehaviour.outcome.ok && misbehaviour.outcome.class === 'timeout';
      const response = await (isSlow ? hasty : patient).fetch(target);
      const tookMs = performance.now() - startedAt - stalls.max / 1e6;
      await close();
      expect(told(response)).toMatchObject(misbehaviour.outcome);
      expect(tookMs).toBeLessThan((isSlow ? BUDGET_MS : AMPLE_BUDGET_MS) + TOLERANCE_MS);
      expect(await growth()).toBeLessThanOrEqual(MAX_GROWTH_BYTES);
    });
  },
);
