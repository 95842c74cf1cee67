import { expect, it } from '@jest/globals';
import { connectFailure } from './outbound-error.js';

const failure = (code: string, address = '192.0.2.1'): Error => Object.assign(new Error(code), { code, address });
const classOf = (error: unknown): string => connectFailure(error).errorClass;

it.each(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EPERM', 'EACCES'])('calls %s a failure of ours: no endpoint is to blame for this machine', (code) => {
  expect(classOf(failure(code))).toBe('internal');
  expect(classOf(new AggregateError([failure('ECONNREFUSED'), failure(code)]))).toBe('internal');
});

it.each(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'])('calls %s the endpoint’s', (code) => {
  expect(classOf(failure(code))).toBe('connect');
  expect(classOf(new AggregateError([failure('ECONNREFUSED'), failure(code)]))).toBe('connect');
});

it('calls it the endpoint’s where its address is one of IPv6 and this machine has none', () => {
  expect(classOf(new AggregateError([failure('ECONNREFUSED'), failure('EADDRNOTAVAIL', '2001:db8::1')]))).toBe('connect');
});
