import { Role } from '@nuncio/contracts';
import { z } from 'zod';

/** A value of the roles claim, and the role that it stands for. */
export type RoleMapping = readonly (readonly [value: string, role: Role])[];

const WITHOUT_POWER = 'publisher=publisher,consumer=consumer,viewer=viewer';

const Mapping = z.string().transform((text, context): RoleMapping =>
  text.split(',').map((entry) => {
    const at = entry.lastIndexOf('=');
    const { data: role } = Role.safeParse(entry.slice(at + 1).trim());
    if (at > 0 && role) return [entry.slice(0, at).trim(), role];
    context.addIssue({ code: 'custom', message: `"${entry}" is not <value>=<${Role.options.join('|')}>` });
    return z.NEVER;
  }),
);

/** The issuer whose tokens are accepted beside API keys; without one, none are. */
export const OidcEnv = z.object({
  /** The exact value of `iss`. */
  OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  /** The value that `aud` must be or contain. */
  OIDC_AUDIENCE: z.string().min(1).optional(),
  OIDC_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** A claim: its name, or a path of names separated by dots. */
  OIDC_TENANT_CLAIM: z.string().min(1).default('tenant'),
  OIDC_GROUPS_CLAIM: z.string().min(1).default('groups'),
  OIDC_ROLES_CLAIM: z.string().min(1).default('roles'),
  /** Pairs `<value>=<role>`; the first that a token has counts. Admin and provider must be listed to be given. */
  OIDC_ROLES: Mapping.prefault(WITHOUT_POWER),
});
export type OidcEnv = z.output<typeof OidcEnv>;

const TOGETHER = ['OIDC_ISSUER', 'OIDC_AUDIENCE', 'OIDC_JWKS_URL'] as const;

/** Requires all of these settings, or none. */
export function requireWholeOidc({ value, issues }: z.core.ParsePayload<OidcEnv>): void {
  const missing = TOGETHER.filter((name) => value[name] === undefined);
  if (missing.length === TOGETHER.length) return;
  for (const name of missing) issues.push({ code: 'custom', input: undefined, path: [name], message: `is needed beside the other OIDC settings` });
}
