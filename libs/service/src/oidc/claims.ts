import { Fault, isOfNoTenant, type Principal, type Role } from '@nuncio/contracts';
import type { OidcEnv, RoleMapping } from './oidc-env.js';

type Claims = Readonly<Record<string, unknown>>;
type ClaimSettings = Pick<OidcEnv, 'OIDC_TENANT_CLAIM' | 'OIDC_GROUPS_CLAIM' | 'OIDC_ROLES_CLAIM' | 'OIDC_ROLES'>;

/**
 * Who a token speaks for. Admin and provider belong to no tenant; everybody else to the one it names, which is not yet known to exist.
 * Throws Fault `unauthenticated` where it names none, and `forbidden` where none of its roles is one here, or where admin or provider names a tenant: somebody who
 * reaches all tenants and looks as if bound to one was hardly meant to.
 */
export function principalOf(claims: Claims & { readonly sub: string }, settings: ClaimSettings): Principal {
  const role = firstRole(texts(claimAt(claims, settings.OIDC_ROLES_CLAIM)), settings.OIDC_ROLES);
  if (!role) throw new Fault('forbidden', `None of the roles in the claim "${settings.OIDC_ROLES_CLAIM}" is one here.`);
  // As an id it also stands in headers and as the source of events: a URI, therefore.
  const id = `oidc:${encodeURIComponent(claims.sub.toWellFormed())}`;
  const groups = texts(claimAt(claims, settings.OIDC_GROUPS_CLAIM));
  const tenant = claimAt(claims, settings.OIDC_TENANT_CLAIM);
  if (isOfNoTenant(role)) {
    if (tenant !== undefined && tenant !== null && tenant !== '') throw new Fault('forbidden', `The role ${role} belongs to no tenant, and the token names one in the claim "${settings.OIDC_TENANT_CLAIM}".`);
    return { id, role, tenant: null, groups };
  }
  if (typeof tenant !== 'string' || tenant === '') throw new Fault('unauthenticated', `The token names no tenant in the claim "${settings.OIDC_TENANT_CLAIM}".`);
  return { id, role, tenant, groups };
}

const firstRole = (values: readonly string[], mapping: RoleMapping): Role | undefined => mapping.find(([value]) => values.includes(value))?.[1];

/** The claim of that name, which may contain dots (`https://acme.com/tenant`); else what the path leads to. */
function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let found: unknown = claims;
  for (const name of path.split('.')) found = typeof found === 'object' && found !== null && Object.hasOwn(found, name) ? (found as Claims)[name] : undefined;
  return found;
}

/** Lists come as arrays; of one entry, with some servers, as that entry. */
const texts = (claim: unknown): string[] => [claim].flat().filter((value): value is string => typeof value === 'string');
