import { expect, it } from '@jest/globals';
import { connectFailure, exchangeFailure, tlsFailure } from './outbound-error.js';

const failure = (code: string, address = '192.0.2.1'): Error => Object.assign(new Error(code), { code, address });
const classOf = (error: unknown): string => connectFailure(error).errorClass;

it.each(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'ENETDOWN', 'EAGAIN', 'EADDRINUSE', 'EADDRNOTAVAIL', 'EPERM', 'EACCES'])('classifies %s as an internal failure: no endpoint is to blame for this machine', (code) => {
  expect(classOf(failure(code))).toBe('internal');
  expect(classOf(new AggregateError([failure('ECONNREFUSED'), failure(code)]))).toBe('internal');
  expect([tlsFailure(failure(code), false), exchangeFailure(failure(code), false)].map(({ errorClass }) => errorClass)).toEqual(['internal', 'internal']);
});

it.each(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'])('classifies %s as a failure of the endpoint', (code) => {
  expect(classOf(failure(code))).toBe('connect');
  expect(classOf(new AggregateError([failure('ECONNREFUSED'), failure(code)]))).toBe('connect');
});

it('classifies it as the endpoint’s if its address is IPv6 and this machine has none', () => {
  expect(classOf(new AggregateError([failure('ECONNREFUSED'), failure('EADDRNOTAVAIL', '2001:db8::1')]))).toBe('connect');
  expect(classOf(new AggregateError([failure('EADDRNOTAVAIL', '2001:db8::1'), failure('EADDRNOTAVAIL', '2001:db8::2')]))).toBe('internal');
});

it.each([
  ['CERT_HAS_EXPIRED', false, 'tls'],
  ['CERT_HAS_EXPIRED', true, 'internal'],
  ['UNABLE_TO_GET_ISSUER_CERT', false, 'internal'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', true, 'tls'],
])('classifies %s as an internal failure only if the authorities that are trusted here are to blame (own authority expired: %s)', (code, trustIsOver, errorClass) => {
  expect(tlsFailure(failure(code), trustIsOver).errorClass).toBe(errorClass);
});
