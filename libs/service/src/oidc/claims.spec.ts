import { expect, it } from '@jest/globals';
import { principalOf } from './claims.js';
import { OidcEnv, requireWholeOidc } from './oidc-env.js';

const settings = (env: Record<string, string> = {}) => OidcEnv.parse(env);
const claims = { sub: 'zoë|1', tenant: 'acme', groups: ['billing', 7], roles: ['staff', 'consumer'] };

it('reads tenant, groups and role from their claims', () => {
  expect(principalOf(claims, settings())).toEqual({ id: 'oidc:zo%C3%AB%7C1', role: 'consumer', tenant: 'acme', groups: ['billing'] });
});

it('finds a claim by a path, and by a name that has dots itself', () => {
  const nested = { sub: 's', 'https://acme.com/tenant': 'acme', resource_access: { nuncio: { roles: 'viewer' } } };
  const paths = settings({ OIDC_TENANT_CLAIM: 'https://acme.com/tenant', OIDC_ROLES_CLAIM: 'resource_access.nuncio.roles' });
  expect(principalOf(nested, paths)).toMatchObject({ role: 'viewer', tenant: 'acme', groups: [] });
});

it('makes nobody admin or provider unless the operator did', () => {
  for (const role of ['admin', 'provider', 'toString', '']) expect(() => principalOf({ ...claims, roles: [role] }, settings())).toThrow(expect.objectContaining({ code: 'forbidden' }));
  const mapped = settings({ OIDC_ROLES: 'cn=ops=admin, shop = provider,consumer=consumer' });
  const ofNobody = { ...claims, tenant: undefined };
  expect(principalOf({ ...ofNobody, roles: ['consumer', 'cn=ops'] }, mapped)).toMatchObject({ role: 'admin', tenant: null });
  expect(principalOf({ ...ofNobody, roles: 'shop' }, mapped)).toMatchObject({ role: 'provider', tenant: null });
  expect(() => principalOf({ ...claims, roles: ['viewer'] }, mapped)).toThrow(expect.objectContaining({ code: 'forbidden' }));
});

it('makes nobody admin or provider whose token names a tenant', () => {
  const mapped = settings({ OIDC_ROLES: 'admin=admin,provider=provider,consumer=consumer' });
  for (const roles of ['admin', 'provider', ['admin', 'consumer']])
    for (const tenant of ['acme', ['acme'], 1]) expect(() => principalOf({ ...claims, roles, tenant }, mapped)).toThrow(expect.objectContaining({ code: 'forbidden' }));
  for (const tenant of [null, '']) expect(principalOf({ ...claims, roles: 'admin', tenant }, mapped)).toMatchObject({ role: 'admin', tenant: null });
});

it('refuses a token without a tenant', () => {
  for (const tenant of [undefined, null, '', ['acme'], { id: 'acme' }, 1])
    expect(() => principalOf({ ...claims, tenant }, settings())).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  expect(() => principalOf(claims, settings({ OIDC_TENANT_CLAIM: 'sub.length' }))).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
});

it('requires all of the settings that say whose tokens count, or none', () => {
  const faultsOf = (env: object) => OidcEnv.check(requireWholeOidc).safeParse(env).error?.issues.map(({ path }) => path.join('.'));
  expect(faultsOf({})).toBeUndefined();
  expect(faultsOf({ OIDC_ISSUER: 'https://id.acme.com' })).toEqual(['OIDC_AUDIENCE', 'OIDC_JWKS_URL']);
  expect(faultsOf({ OIDC_ROLES: 'ops=root' })).toEqual(['OIDC_ROLES']);
});
