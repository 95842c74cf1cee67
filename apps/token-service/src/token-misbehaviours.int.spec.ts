import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TokenResponse } from '@nuncio/auth';
import { Credential } from '@nuncio/contracts';
import { Egress, EgressAllowSetting, systemResolver } from '@nuncio/egress';
import { startStage, tokenMisbehaviours, type Outcome, type Stage, type TokenMisbehaviour } from '@nuncio/fixtures/token-misbehaviours';
import { parseKeyRing, seal, Secret } from '@nuncio/sealing';
import { ClientCredentials } from './client-credentials.js';

/**
 * The first budget is for misbehaviours that use it up; the other is ample, so that a slow machine makes no answer
 * late.
 */
const BUDGET_MS = 300;
const AMPLE_BUDGET_MS = 5_000;
const SIDE_BY_SIDE = 8;
/** These share one name server, which does not answer some of them. */
const ONE_BY_ONE = 'addresses';
/** How much a whole group may add. */
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

/** Bytes in use after the former group. */
let settledBytes = 0;

/**
 * Growth of the bytes in use after garbage collection. Another thread frees buffers a little later, so it looks several
 * times.
 */
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

let stage: Stage;
let egress: Egress;
let hasty: ClientCredentials;
let patient: ClientCredentials;

const isSlow = ({ outcome }: TokenMisbehaviour): boolean => !outcome.ok && outcome.class === 'timeout';

/** The outcome, and after how many milliseconds. */
async function play(misbehaviour: TokenMisbehaviour): Promise<readonly [outcome: Outcome, tookMs: number]> {
  const { url, close } = await stage.open(misbehaviour);
  const startedAt = performance.now();
  const response = await (isSlow(misbehaviour) ? hasty : patient).fetch(credential(url));
  const tookMs = performance.now() - startedAt;
  await close();
  return [told(response), tookMs];
}

async function playAll(group: readonly TokenMisbehaviour[], sideBySide = SIDE_BY_SIDE): Promise<Map<string, Awaited<ReturnType<typeof play>>>> {
  const played = new Map<string, Awaited<ReturnType<typeof play>>>();
  const left = group.values();
  const inTurn = async (): Promise<void> => {
    for (const misbehaviour of left) played.set(misbehaviour.name, await play(misbehaviour));
  };
  await Promise.all(Array.from({ length: sideBySide }, inTurn));
  return played;
}

beforeAll(async () => {
  stage = await startStage();
  egress = new Egress({ allow: EgressAllowSetting.parse('127.0.0.0/8'), extraCa: [stage.ca], resolve: systemResolver([stage.nameServer]) });
  hasty = new ClientCredentials(egress, ring, BUDGET_MS);
  patient = new ClientCredentials(egress, ring, AMPLE_BUDGET_MS);
  // What the first answers load does not count as growth.
  await playAll(tokenMisbehaviours.members ?? []);
  settledBytes = usedBytes();
});
afterAll(async () => {
  stage.close();
  await egress.close();
});

it('plays more than 120 of them, each under its own name', () => {
  const names = Object.values(tokenMisbehaviours).flatMap((group) => group.map(({ name }) => name));
  expect(names.length).toBeGreaterThanOrEqual(120);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(Object.entries(tokenMisbehaviours))('%s: within the budget', (name, group) => {
  let played: Awaited<ReturnType<typeof playAll>>;
  beforeAll(async () => {
    played = await playAll(group, name === ONE_BY_ONE ? 1 : SIDE_BY_SIDE);
  });

  it.each(group.map((misbehaviour) => [misbehaviour.name, misbehaviour] as const))('has the one right outcome against a token endpoint that %s', (name, misbehaviour) => {
    const [outcome, tookMs] = played.get(name) ?? [];
    expect(outcome).toMatchObject(misbehaviour.outcome);
    // The budget ended it, not anything slower.
    if (isSlow(misbehaviour)) expect(tookMs).toBeLessThan(AMPLE_BUDGET_MS);
  });

  it('does not grow', async () => {
    expect(await growth()).toBeLessThanOrEqual(MAX_GROWTH_BYTES);
  });
});
