import { expect, it } from '@jest/globals';
import { joinHeaders } from './join-headers.js';

const defaults = { 'user-agent': 'Nuncio', 'content-type': 'text/plain' };
const ours = { 'content-type': 'text/plain', 'Persona-Signature': 't=1,v1=ab', authorization: 'Bearer x' };

it('sends a header once: a User-Agent of the callback went out beside ours', () => {
  expect(joinHeaders(defaults, { 'User-Agent': 'theirs', 'X-Team': 'z' }, ours)).toEqual({ 'User-Agent': 'theirs', 'X-Team': 'z', ...ours });
});

it('lets nobody replace what is signed, or what it is signed with, in any spelling', () => {
  const own = { 'PERSONA-SIGNATURE': 'forged', Authorization: 'Basic forged', 'Content-Type': 'forged', 'x-other': 'a', 'X-Other': 'b' };
  expect(joinHeaders(defaults, own, ours)).toEqual({ 'user-agent': 'Nuncio', 'X-Other': 'b', ...ours });
});

it('has nothing to compare where the callback has none', () => {
  expect(joinHeaders(defaults, {}, ours)).toEqual({ ...defaults, ...ours });
});
