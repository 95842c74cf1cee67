import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Receiver, verifiers, webhookieFault, type Received, type Verifier } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

/** `npm run check:rotation` makes a thousand. */
const ROTATIONS = Number(process.env.ROTATIONS ?? 100);
const CALLBACKS = 20;
const EVENT_EVERY_MS = 50;

interface Rotation {
  readonly secret: string;
  /** When it was requested, and when its answer arrived; epoch milliseconds. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** When the former secret ends, epoch milliseconds. */
  readonly oldEndsAt: number;
}

/** A callback as its consumer sees it: all its secrets, oldest first. */
class Rotated {
  readonly rotations: Rotation[];

  constructor(
    readonly id: string,
    readonly path: string,
    readonly url: string,
    readonly verifier: Verifier,
    secret: string,
  ) {
    this.rotations = [{ secret, askedAt: 0, answeredAt: 0, oldEndsAt: 0 }];
  }

  get newest(): string {
    return this.rotations.at(-1)?.secret ?? '';
  }

  isSignedWith(request: Received, secret: string): boolean {
    return this.verifier.fault(request, { secret, url: this.url, keyId: this.id }) === null;
  }

  /** What is wrong for a verifier that has the newest secret or the one before it; null = nothing. */
  fault(request: Received): string | null {
    const signedAt = this.verifier.signedAt(request);
    // With room for one signature only, a request signed with the new secret may arrive before the answer that has it.
    const known = this.rotations.filter(({ askedAt, answeredAt }) => (this.verifier.overlaps ? answeredAt : askedAt) <= request.at).slice(this.verifier.overlaps ? -2 : -3);
    if (!known.some(({ secret }) => this.isSignedWith(request, secret)))
      return `${this.path}, signed ${request.at - signedAt} ms before it came: held are ${this.#numbers(known)}, signed is with ${this.#numbers(this.rotations.filter(({ secret }) => this.isSignedWith(request, secret)))}`;
    const ended = this.rotations.filter((_, i) => (this.rotations[i + 1]?.oldEndsAt ?? Infinity) <= signedAt);
    return ended.some(({ secret }) => this.isSignedWith(request, secret)) ? `${this.path}, signed at ${signedAt}, with a secret that had ended` : null;
  }

  #numbers(rotations: readonly Rotation[]): string {
    return rotations.map((rotation) => `#${this.rotations.indexOf(rotation)}`).join(', ') || 'none';
  }
}

describe('a rotation', () => {
  const fleet = sharedFleet();
  let receiver: Receiver;
  let tenant: Tenant;
  let published = 0;
  beforeAll(async () => (receiver = await Receiver.start()));
  beforeEach(async () => {
    tenant = await Tenant.create(fleet);
    published = 0;
  });
  afterAll(() => Promise.all([receiver.close(), fleet.cluster.close()]));

  /** The `i`th callback; the schemes take turns. */
  const made = async (i: number): Promise<Rotated> => {
    const [scheme, verifier] = [...verifiers][i % verifiers.size]!;
    const path = `/hooks/${tenant.id}/${i}`;
    const url = `http://127.0.0.1:${receiver.port}${path}`;
    const { api } = fleet;
    const { id, signing } = await api.post<{ id: string; signing: { secret: string } }>('/v1/callbacks', { tenant: tenant.id, name: path, url, signing: { scheme } });
    await api.post('/v1/subscriptions', { tenant: tenant.id, callback: id, eventTypes: [tenant.eventType], activate: true });
    return new Rotated(id, path, url, verifier, signing.secret);
  };

  const rotate = async (callback: Rotated, body: { force?: boolean; expiresInSeconds: number }): Promise<void> => {
    const askedAt = Date.now();
    const { secret, oldExpiresAt } = await fleet.api.post<{ secret: string; oldExpiresAt: string }>(`/v1/callbacks/${callback.id}/rotate-secret`, body);
    // A forced rotation during an overlap replaces the newest secret, and the receiver keeps the older one. With room for one signature only, the
    // receiver already has the newest, so that one stays in the list.
    if (callback.verifier.overlaps && body.force && (callback.rotations.at(-1)?.oldEndsAt ?? 0) > Date.now()) callback.rotations.pop();
    callback.rotations.push({ secret, askedAt, answeredAt: Date.now(), oldEndsAt: Date.parse(oldExpiresAt) });
  };

  /** Publishes until `work` has ended. */
  const underLoad = async (work: () => Promise<unknown>): Promise<void> => {
    const working = work().then(() => true);
    for (let over = false; !over; ) {
      published += 1;
      await tenant.publish([{ payload: `{"n":${published}}` }]);
      over = await Promise.race([working, pause(EVENT_EVERY_MS, false)]);
    }
  };

  const faultsOf = (callbacks: readonly Rotated[]): string[] => {
    const byPath = new Map(callbacks.map((callback) => [callback.path, callback]));
    return receiver.requests.flatMap((request) => byPath.get(request.path)?.fault(request) ?? []);
  };
  /** Waits until every event sent under an earlier configuration has arrived. */
  const caughtUp = (callback: Rotated, events = published): Promise<void> =>
    eventually(() => {
      const arrived = new Set(receiver.requests.filter(({ path }) => path === callback.path).map(({ body }) => /"n":(\d+)/.exec(body.toString())?.[1]));
      for (let n = 1; n <= events; n++) if (!arrived.has(String(n))) throw new Error(`event ${n} has not come to ${callback.path}`);
    });
  const came = (callback: Rotated, wanted: (request: Received) => boolean): Promise<void> =>
    eventually(() => {
      expect(receiver.requests.some((request) => request.path === callback.path && wanted(request))).toBe(true);
    });

  it(`under load, ${ROTATIONS} times, makes no signature that a verifier with the newest secret, or the former one, refuses`, async () => {
    const callbacks = await Promise.all(Array.from({ length: CALLBACKS }, (_, i) => made(i)));
    await tenant.inForce();
    await underLoad(() =>
      Promise.all(
        callbacks.map(async (callback) => {
          for (let i = 0; i < ROTATIONS / CALLBACKS; i++) {
            await rotate(callback, { force: true, expiresInSeconds: 60 });
            // Rotates again once this secret is in force and nothing older is on its way: a consumer has two secrets at a time.
            await came(callback, (request) => callback.isSignedWith(request, callback.newest));
            await caughtUp(callback);
          }
        }),
      ),
    );
    expect(faultsOf(callbacks)).toEqual([]);
    expect(receiver.requests.length).toBeGreaterThanOrEqual(ROTATIONS);
  }, 600_000);

  it('signs with the old secret until its end, and not from that second on', async () => {
    const overlapping = [...verifiers.values()].flatMap(({ overlaps }, i) => (overlaps ? [i] : []));
    const callbacks = await Promise.all(overlapping.map((i) => made(i)));
    await tenant.inForce();
    await underLoad(() =>
      Promise.all(
        callbacks.map(async (callback) => {
          const [{ secret: first } = { secret: '' }] = callback.rotations;
          await rotate(callback, { expiresInSeconds: 8 });
          expect(await fleet.api.call('POST', `/v1/callbacks/${callback.id}/rotate-secret`, {})).toMatchObject({ status: 409, body: { code: 'conflict' } });
          await came(callback, (request) => callback.verifier.signatures(request) === 2 && callback.isSignedWith(request, first) && callback.isSignedWith(request, callback.newest));
          await came(callback, (request) => callback.verifier.signatures(request) === 1 && callback.isSignedWith(request, callback.newest));
          await rotate(callback, { expiresInSeconds: 60 });
        }),
      ),
    );
    expect(faultsOf(callbacks)).toEqual([]);
  });

  it('of a webhookie key signs with the new one at once, under its own name', async () => {
    const { callback, secret } = await tenant.subscribe(receiver, { profile: 'webhookie', signing: { keyId: 'first' } });
    const [before] = await eventually(async () => {
      await tenant.publish([{ payload: '{}' }]);
      expect(receiver.requests.length).toBeGreaterThan(0);
      return receiver.requests;
    });
    expect(webhookieFault(before!, { url: receiver.url, keyId: 'first', secret })).toBeNull();
    const rotated = await fleet.api.post<{ secret: string }>(`/v1/callbacks/${callback}/rotate-secret`, { keyId: 'second' });
    await tenant.inForce();
    receiver.requests.length = 0;
    await tenant.publish([{ payload: '{}' }]);
    const [after] = await eventually(() => {
      expect(receiver.requests.length).toBeGreaterThan(0);
      return receiver.requests;
    });
    expect(webhookieFault(after!, { url: receiver.url, keyId: 'second', secret: rotated.secret })).toBeNull();
    expect(await fleet.api.call('POST', `/v1/callbacks/${callback}/rotate-secret`, { keyId: 'no key id', force: true })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/keyId' }] } });
  });
});
