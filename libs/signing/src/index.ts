import { none } from './none.js';
import { persona } from './persona.js';
import { traceHeaders, type Scheme } from './scheme.js';
import { standardWebhooks } from './standard-webhooks.js';
import { webhookie } from './webhookie.js';

/** Every signing scheme, by its name in `signing.scheme`. A new one needs a file and a line here. */
export const schemes: ReadonlyMap<string, Scheme> = new Map([persona, webhookie, standardWebhooks, none].map((scheme) => [scheme.name, scheme]));

/**
 * Lower-case names of headers that no callback may set, whatever its scheme. `Authorization` is not among them: only one scheme (`sets`) and OAuth
 * use it.
 */
export const signatureHeaders: ReadonlySet<string> = new Set(
  [...traceHeaders, ...[...schemes.values()].flatMap((scheme) => scheme.sets)].map((name) => name.toLowerCase()).filter((name) => name !== 'authorization'),
);

export type { Random, Scheme, Signer, SigningInput } from './scheme.js';
