import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Callback } from '@nuncio/contracts';
import type { Viewed } from '@nuncio/kafka';
import { profiles } from '@nuncio/retry';
import { parseKeyRing, seal, Secret, type KeyRing } from '@nuncio/sealing';
import { Endpoints } from './endpoint.js';

const ring = (): KeyRing => parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
const ours = ring();
const sealed = (text: string, field: string, by = ours): string => seal(by, new Secret(text), { tenant: 'acme', kind: 'callback', id: 'cb_1', field });
const viewed = (position: number, by = ours): Viewed<'callback'> => {
  const { name, method, envelope, timeoutMs, retry, onTokenFailure, limits } = profiles.persona;
  const signing = {
    scheme: 'persona',
    keyId: null,
    publicKey: null,
    secrets: [{ secret: sealed('wbhsec_0123456789abcdef0123', 'signing', by), keyId: null, expiresAt: null }],
  };
  const state: Callback = {
    id: 'cb_1',
    tenant: 'acme',
    application: 'app_1',
    groups: [],
    name: 'ledger',
    url: 'https://acme.example/in',
    enabled: true,
    disabledReason: null,
    pausedUntil: null,
    authentication: { type: 'none' },
    headers: { 'X-Team': 'billing' },
    secretHeaders: { 'X-Gate': sealed('open sesame', 'secretHeaders.X-Gate', by) },
    profile: name,
    method,
    envelope,
    timeoutMs,
    retry,
    onTokenFailure,
    limits,
    signing,
  };
  return { kind: 'callback', id: 'cb_1', position, version: 1, at: 0, state };
};
const input = {
  body: Buffer.from('{}'),
  sentAt: 0,
  method: 'POST',
  url: 'https://acme.example/in',
  eventId: 'evt_1',
  deliveryId: 'dlv_1',
  attempt: { made: 1, left: 7, firstAt: 0 },
};

describe('an endpoint', () => {
  it('is made once for each state of its callback, with its secrets opened', () => {
    const endpoints = new Endpoints(ours);
    const callback = viewed(1);
    const endpoint = endpoints.of(callback);
    expect(endpoints.of(callback)).toBe(endpoint);
    expect(endpoints.of(viewed(2))).not.toBe(endpoint);
    expect(endpoint.ownHeaders).toEqual({ 'X-Team': 'billing', 'X-Gate': 'open sesame' });
    expect([...endpoint.secretNames]).toEqual(['x-gate']);
    expect(endpoint.sign(input)).toHaveProperty('Persona-Signature');
  });

  it('is made again when the secrets of the same state come under another key', () => {
    const endpoints = new Endpoints(ours);
    expect(() => endpoints.of(viewed(1, ring())).sign(input)).toThrow();
    expect(endpoints.of(viewed(1)).sign(input)).toHaveProperty('Persona-Signature');
  });

  it('whose secrets do not open holds up nobody: only signing for it fails', () => {
    const endpoint = new Endpoints(ours).of(viewed(1, ring()));
    expect(() => endpoint.sign(input)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });
});
