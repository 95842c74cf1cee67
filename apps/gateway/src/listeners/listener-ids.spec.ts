import { expect, it } from '@jest/globals';
import { Secret } from '@nuncio/sealing';
import { ListenerIds } from './listener-ids.js';

const pepper = new Secret('p'.repeat(32));

it('tells every gateway of the installation where a listener is', () => {
  const [a, b] = [new ListenerIds(pepper, 'http://10.0.0.1:8080'), new ListenerIds(pepper, 'http://10.0.0.2:8080')];
  const id = a.next();
  expect(a.placeOf(id)).toBe('here');
  expect(b.placeOf(id)).toBe('http://10.0.0.1:8080');
  const only = new ListenerIds(pepper, undefined);
  expect(only.placeOf(only.next())).toBe('here');
  expect(a.placeOf(only.next())).toBe('here');
});

it('refuses an address that no gateway has sealed', () => {
  const ids = new ListenerIds(pepper, 'http://10.0.0.1:8080');
  const [head = '', place = '', seal = ''] = ids.next().split('.');
  const elsewhere = Buffer.from('http://169.254.169.254').toString('base64url');
  const strange = new ListenerIds(new Secret('q'.repeat(32)), undefined).next();
  expect([`${head}.${elsewhere}.${seal}`, `${head}x.${place}.${seal}`, `${head}.${place}`, `${head}.${place}.`, head, '', '.', '..', strange].map((id) => ids.placeOf(id))).toEqual(Array(9).fill(null));
});
