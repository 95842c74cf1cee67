import { Role } from '@nuncio/contracts';
import { z } from 'zod';

/** A value of the roles claim, and the role that it is here. */
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

/** Whose tokens are accepted beside API keys; without an issuer nobody's. */
export const OidcEnv = z.object({
  /** Exactly what `iss` says. */
  OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  /** What `aud` must be or contain. */
  OIDC_AUDIENCE: z.string().min(1).optional(),
  OIDC_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** The place of a claim: its name, or a path of names with dots between. */
  OIDC_TENANT_CLAIM: z.string().min(1).default('tenant'),
  OIDC_GROUPS_CLAIM: z.string().min(1).default('groups'),
  OIDC_ROLES_CLAIM: z.string().min(1).default('roles'),
  /** `<value>=<role>`, the first that a token has; admin and provider are nobody's unless they stand here. */
  OIDC_ROLES: Mapping.prefault(WITHOUT_POWER),
});
export type OidcEnv = z.output<typeof OidcEnv>;

const TOGETHER = ['OIDC_ISSUER', 'OIDC_AUDIENCE', 'OIDC_JWKS_URL'] as const;

/** All that says whose tokens count, or none of it. */
export function requireWholeOidc({ value, issues }: z.core.ParsePayload<OidcEnv>): void {
  const missing = TOGETHER.filter((name) => value[name] === undefined);
  if (missing.length === TOGETHER.length) return;
  for (const name of missing) issues.push({ code: 'custom', input: undefined, path: [name], message: `is needed beside the other OIDC settings` });
}
