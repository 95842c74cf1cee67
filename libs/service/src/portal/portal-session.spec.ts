import { expect, it } from '@jest/globals';
import { hasEnded, type EndedSessions, type Principal } from '@nuncio/contracts';
import { parseKeyRing } from '@nuncio/sealing';
import { decodeJwt, SignJWT } from 'jose';
import type { Principals } from '../auth.guard.js';
import { looksLikePortalToken, portalPrincipal, printOf, publicHalf, publicKeysOf, reachesNoFurther, signPortalSession, type PortalSession } from './portal-session.js';

const ringOf = (id: string, byte: number) => parseKeyRing(`${id}:${Buffer.alloc(32, byte).toString('base64')}`);
const ring = ringOf('k1', 1);
const publicOf = ({ keys }: typeof ring) => publicKeysOf(parseKeyRing([...keys].map(([id, seed]) => `${id}:${publicHalf(seed)}`).join(',')));
const known = publicOf(ring);

const admin: Principal = { id: 'key_a', role: 'admin', tenant: null, groups: [] };
const consumer: Principal = { id: 'key_c', role: 'consumer', tenant: 'acme', groups: ['billing', 'sales'] };
const makers: Record<string, Principal> = { 'hash of key_a': admin, 'hash of key_c': consumer };
const principals: Principals = {
  find: (hash) => makers[hash] ?? null,
  hashOf: (id) => (`hash of ${id}` in makers ? `hash of ${id}` : null),
  hasTenant: (id) => id === 'acme',
  isSuspended: () => false,
  hasEnded: () => false,
};

const now = Math.floor(Date.now() / 1_000);
const session = (fields: Partial<PortalSession> = {}): PortalSession => ({ sub: 'zoë', tenant: 'acme', role: 'consumer', groups: ['billing'], origin: 'https://app.acme.com', locale: null, key: 'key_a', keyPrint: printOf('hash of key_a'), jti: 'ses_1', position: 7, ...fields });
const sign = (fields: Partial<PortalSession> = {}, from = now, until = now + 60, by = ring): Promise<string> => signPortalSession(by, session(fields), from, until);

it('is a consumer of its tenant, under the name that the host page gave', async () => {
  const token = await sign();
  expect(looksLikePortalToken(token)).toBe(true);
  expect(await portalPrincipal(token, known, principals)).toEqual({ id: 'portal:zo%C3%AB', role: 'consumer', tenant: 'acme', groups: ['billing'], madeBy: 'key_a', session: 'ses_1' });
});

it('contains only the id of the key that made it', async () => {
  expect(JSON.stringify(decodeJwt((await sign()).slice('nuncio_portal.'.length)))).not.toContain('hash of');
});

it.each<[string, () => Promise<string>]>([
  ['has run out', () => sign({}, now - 60, now - 1)],
  ['is of a tenant that is not there', () => sign({ tenant: 'globex' })],
  ['was made by a key that is revoked', () => sign({ key: 'key_gone', keyPrint: printOf('hash of key_gone') })],
  ['was made by a key that another one has taken the place of', () => sign({ keyPrint: printOf('an older hash of key_a') })],
  ['reaches further than its key', () => sign({ key: 'key_c', keyPrint: printOf('hash of key_c'), groups: ['board'] })],
  ['is under a key that is not known', () => sign({}, now, now + 60, ringOf('k2', 1))],
  ['is under another key of the same id', () => sign({}, now, now + 60, ringOf('k1', 2))],
  ['has other claims than were signed', async () => (await sign()).replace(/\.[\w-]+\.([\w-]+)$/, `.${Buffer.from(JSON.stringify({ ...session(), aud: 'nuncio-portal', iat: now, exp: now + 60, tenant: 'globex' })).toString('base64url')}.$1`)],
  ['is signed with the public half as a shared secret', async () => `nuncio_portal.${await new SignJWT({ ...session(), jti: 'ses_1' }).setProtectedHeader({ alg: 'HS256', typ: 'portal+jwt', kid: 'k1' }).setAudience('nuncio-portal').setIssuedAt().setExpirationTime('1m').sign(Buffer.from(publicHalf(ring.keys.get('k1')!), 'base64'))}`],
])('is refused if it %s', async (_, token) => {
  await expect(token().then((one) => portalPrincipal(one, known, principals))).rejects.toThrow(expect.objectContaining({ code: 'unauthenticated' }));
});

it('has no more rights than the key that makes it', () => {
  const wish = (fields: Partial<PortalSession>) => session(fields);
  expect(reachesNoFurther(wish({ tenant: 'globex', role: 'viewer' }), admin)).toBe(true);
  expect(reachesNoFurther(wish({}), consumer)).toBe(true);
  for (const fields of [{ tenant: 'globex' }, { role: 'viewer' as const }, { groups: ['billing', 'board'] }]) expect(reachesNoFurther(wish(fields), consumer)).toBe(false);
  for (const role of ['provider', 'publisher', 'viewer'] as const) expect(reachesNoFurther(wish({}), { ...consumer, role })).toBe(false);
});

const END: EndedSessions = { session: null, subject: null, key: null, position: 8, until: 0 };
it.each<[string, Partial<EndedSessions>, boolean]>([
  ['all sessions of its tenant', {}, true],
  ['it alone', { session: 'ses_1' }, true],
  ['another session', { session: 'ses_2' }, false],
  ['the sessions of this person', { subject: 'zoë' }, true],
  ['the sessions of another person', { subject: 'max' }, false],
  ['the sessions of this person that its key made', { subject: 'zoë', key: 'key_a' }, true],
  ['the sessions of this person that another key made', { subject: 'zoë', key: 'key_c' }, false],
  ['all sessions there were just before it was made', { position: 7 }, false],
])('is refused or not once %s ended', async (_, end, isRefused) => {
  const ended: Principals = { ...principals, hasEnded: (one) => hasEnded({ tenant: 'acme', ended: [{ ...END, ...end }] }, one) };
  const asked = portalPrincipal(await sign(), known, ended);
  await (isRefused ? expect(asked).rejects.toMatchObject({ code: 'unauthenticated', message: 'The portal session was ended.' }) : expect(asked).resolves.toMatchObject({ session: 'ses_1' }));
});

it('of a former release has no id, and ends with the others of its person', async () => {
  const former = Object.fromEntries(Object.entries(session()).filter(([name]) => !['jti', 'position', 'locale'].includes(name))) as PortalSession;
  const token = await signPortalSession(ring, former, now, now + 60);
  const ended = (end: Partial<EndedSessions>): Principals => ({ ...principals, hasEnded: (one) => hasEnded({ tenant: 'acme', ended: [{ ...END, ...end }] }, one) });
  expect(await portalPrincipal(token, known, ended({ session: 'ses_1' }))).not.toHaveProperty('session');
  await expect(portalPrincipal(token, known, ended({ subject: 'zoë' }))).rejects.toMatchObject({ code: 'unauthenticated' });
});
