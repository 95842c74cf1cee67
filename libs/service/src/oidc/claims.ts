import { Fault, isOfNoTenant, type Principal, type Role } from '@nuncio/contracts';
import type { OidcEnv, RoleMapping } from './oidc-env.js';

type Claims = Readonly<Record<string, unknown>>;
type ClaimSettings = Pick<OidcEnv, 'OIDC_TENANT_CLAIM' | 'OIDC_GROUPS_CLAIM' | 'OIDC_ROLES_CLAIM' | 'OIDC_ROLES'>;

/**
 * The caller of a token. Admin and provider have no tenant; others have the one that the token names, which may not exist. Throws Fault
 * `unauthenticated` if it names none. Throws Fault `forbidden` if it has no known role, or if an admin or provider names a tenant: that token was
 * hardly meant to reach all tenants.
 */
export function principalOf(claims: Claims & { readonly sub: string }, settings: ClaimSettings): Principal {
  const role = firstRole(texts(claimAt(claims, settings.OIDC_ROLES_CLAIM)), settings.OIDC_ROLES);
  if (!role) throw new Fault('forbidden', `The token has no known role in the claim "${settings.OIDC_ROLES_CLAIM}".`);
  // The id is also used in headers and as the source of events, so it must be a URI.
  const id = `oidc:${encodeURIComponent(claims.sub.toWellFormed())}`;
  const groups = texts(claimAt(claims, settings.OIDC_GROUPS_CLAIM));
  const tenant = claimAt(claims, settings.OIDC_TENANT_CLAIM);
  if (isOfNoTenant(role)) {
    if (tenant !== undefined && tenant !== null && tenant !== '') throw new Fault('forbidden', `The role ${role} has no tenant, but the token names one in the claim "${settings.OIDC_TENANT_CLAIM}".`);
    return { id, role, tenant: null, groups };
  }
  if (typeof tenant !== 'string' || tenant === '') throw new Fault('unauthenticated', `The token names no tenant in the claim "${settings.OIDC_TENANT_CLAIM}".`);
  return { id, role, tenant, groups };
}

const firstRole = (values: readonly string[], mapping: RoleMapping): Role | undefined => mapping.find(([value]) => values.includes(value))?.[1];

/** The claim of that name, which may have dots (`https://acme.com/tenant`); else the value at the path. */
function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let found: unknown = claims;
  for (const name of path.split('.')) found = typeof found === 'object' && found !== null && Object.hasOwn(found, name) ? (found as Claims)[name] : undefined;
  return found;
}

/** A list. Some servers give a list of one entry as that entry. */
const texts = (claim: unknown): string[] => [claim].flat().filter((value): value is string => typeof value === 'string');
