import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KeyRingSetting, Secret, type KeyRing } from '@nuncio/sealing';
import { ApiEnv } from '@nuncio/service';
import { z } from 'zod';
import { isPicture } from './console/logo.js';

const HttpUrl = z.url({ protocol: /^https?$/, error: 'must be http://host:port' }).transform((text) => new URL(text).origin);

/** Puts an IPv6 address into the brackets that a URL needs (RFC 3986 §3.2.2). A pod's address comes without them. */
const withBrackets = (text: string): string => text.replace(/^(https?:\/\/)([\da-f]*:[\da-f:.]*)(:\d{1,5})$/i, '$1[$2]$3');

const SOURCE = /^https?:\/\/(?:\*\.)?[\w-]+(?:\.[\w-]+)*(?::(?:\d{1,5}|\*))?$/;
const PortalOrigins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine((origins) => origins.every((origin) => SOURCE.test(origin)) || String(origins) === 'none', 'must be a comma list of origins: https://app.acme.com, https://*.acme.com; or none')
  .transform((origins) => (String(origins) === 'none' ? ["'none'"] : origins));

/** Requires the settings that signing in with OpenID Connect needs. */
function requireWholeSignIn({ value, issues }: z.core.ParsePayload<SignInSettings>): void {
  const needs = value.OIDC_CLIENT_ID === undefined ? [] : (['OIDC_ISSUER', 'PUBLIC_URL', 'SESSION_KEYS'] as const);
  for (const name of needs) if (value[name] === undefined) issues.push({ code: 'custom', input: undefined, path: [name], message: 'is needed beside OIDC_CLIENT_ID' });
}

interface SignInSettings {
  readonly OIDC_CLIENT_ID?: string | undefined;
  readonly OIDC_ISSUER?: string | undefined;
  readonly PUBLIC_URL?: string | undefined;
  readonly SESSION_KEYS?: KeyRing | undefined;
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

export const Config = ApiEnv.safeExtend({
  HOST: z.string().default('0.0.0.0'),
  CONFIG_SERVICE_URL: HttpUrl,
  ATTEMPT_LOG_URL: HttpUrl,
  /** The address at which other gateways reach this one; absent = there is only one gateway. */
  REPLICA_URL: z.string().transform(withBrackets).pipe(HttpUrl).optional(),
  /** Deliveries a second, at this gateway, of the events that a tenant publishes with its own keys. */
  FAN_OUT_PER_SECOND: z.coerce.number().positive().default(10_000),
  /** The keys that seal the console's sessions; absent = no console. */
  SESSION_KEYS: KeyRingSetting.optional(),
  /** The pages that may show the portal in a frame, as sources of a content security policy (CSP3 §2.3.1); `none` = it is only opened by links; absent = no portal. */
  PORTAL_ORIGINS: PortalOrigins.optional(),
  /** A picture at the top of a portal that is opened by a link; absent = Nuncio's. */
  PORTAL_LOGO_FILE: z.string().refine(isPicture, 'must be a file .svg, .png, .jpg, .jpeg or .webp').refine(existsSync, 'there is no such file').optional(),
  /** The folder that the console is built into; empty = no console, even if one is built. */
  CONSOLE_DIR: z.string().default(fileURLToPath(new URL('../../console/dist', import.meta.url))),
  /** The public origin: where the authorization server sends people back to. */
  PUBLIC_URL: HttpUrl.optional(),
  /** The console's client id at `OIDC_ISSUER` (RFC 6749 §2.2); absent = people sign in with an API key. */
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  /** Absent = a public client. */
  OIDC_CLIENT_SECRET: z
    .string()
    .transform((text) => new Secret(text))
    .optional(),
  /** The parameters of the authorization request, as a query string: `scope` at least. */
  OIDC_SIGN_IN_PARAMS: z.string().default('scope=openid').transform((text) => Object.fromEntries(new URLSearchParams(text))),
  /** The text of the button; absent = the issuer's host. */
  OIDC_NAME: z.string().min(1).max(60).optional(),
  /** For trying Nuncio out: everybody who opens the console on this machine may sign in with this API key by one click. */
  CONSOLE_ONE_CLICK_KEY: z
    .string()
    .transform((text) => new Secret(text))
    .optional(),
})
  .check(requireWholeSignIn)
  .refine(({ HOST, CONSOLE_ONE_CLICK_KEY }) => !CONSOLE_ONE_CLICK_KEY || LOOPBACK.includes(HOST), { path: ['CONSOLE_ONE_CLICK_KEY'], error: 'is allowed only with HOST=127.0.0.1' });
export type Config = z.infer<typeof Config>;
