import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { Fault, type Principal } from '@nuncio/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STRANGERS_PER_SECOND } from '../strangers.js';
import { Door } from './door.js';
import { Places } from './places.js';

const acme: Principal = { id: 'key_1', role: 'consumer', tenant: 'acme', groups: [] };
/** Tokens are refused as their issuer's keys do: without a look-up, after the signature was checked. */
const admit = (header: string | undefined): Promise<Principal> => (header === 'Bearer good' ? Promise.resolve(acme) : Promise.reject(new Fault('unauthenticated', 'The signature of the token is not valid.')));

const TIMES = 4;

/** How many of four seconds' worth of requests were refused as too many. Each is over before the next one comes, so that places never run out. */
async function refused(door: Door, authorization: (n: number) => string, ip: string): Promise<number> {
  const places = new Places(200);
  let count = 0;
  for (let n = 0; n < TIMES * STRANGERS_PER_SECOND; n++) {
    const raw = new EventEmitter();
    const request = { headers: { authorization: authorization(n) }, ip, raw: { socket: { destroyed: false } } } as unknown as FastifyRequest;
    const fault = await door.refusal(request, { raw } as unknown as FastifyReply, places);
    if (fault) {
      expect(fault).toMatchObject({ code: 'too-many-requests', retriable: true });
      expect(fault.retryAfterSeconds).toBeGreaterThan(0);
      count++;
    }
    raw.emit('close');
  }
  return count;
}

const forged = (n: number): string => `Bearer eyJhbGciOiJSUzI1NiJ9.e30.${n}`;

describe('whoever forges tokens', () => {
  it('waits by the address, a hundred a second, however many tokens it makes up', async () => {
    const door = new Door({ admit }, 10_000);
    const count = await refused(door, forged, '192.0.2.1');
    expect(count).toBeGreaterThan(2 * STRANGERS_PER_SECOND);
    expect(count).toBeLessThanOrEqual((TIMES - 1) * STRANGERS_PER_SECOND);
  });

  it('makes nobody wait who has a valid token, even at its address, and no other address', async () => {
    const door = new Door({ admit }, 10_000);
    await refused(door, forged, '192.0.2.1');
    expect(await refused(door, () => 'Bearer good', '192.0.2.1')).toBe(0);
    const places = new Places(200);
    const other = { headers: { authorization: forged(0) }, ip: '192.0.2.2', raw: { socket: { destroyed: false } } } as unknown as FastifyRequest;
    expect(await door.refusal(other, { raw: new EventEmitter() } as unknown as FastifyReply, places)).toBeNull();
  });

  it('gains nothing by the many addresses of its IPv6 network', async () => {
    const door = new Door({ admit }, 10_000);
    await refused(door, forged, '2001:db8:1:2::1');
    expect(await refused(door, forged, '2001:db8:1:2:a:b:c:d')).toBeGreaterThan(2 * STRANGERS_PER_SECOND);
  });
});
