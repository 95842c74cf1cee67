import { none } from './none.js';
import { persona } from './persona.js';
import { traceHeaders, type Scheme } from './scheme.js';
import { standardWebhooks } from './standard-webhooks.js';
import { webhookie } from './webhookie.js';

/** Every way of signing, by the name it has in `signing.scheme`. A new one is a file and a line here. */
export const schemes: ReadonlyMap<string, Scheme> = new Map([persona, webhookie, standardWebhooks, none].map((scheme) => [scheme.name, scheme]));

/**
 * Names, in lower case, that no callback may set among its own headers, whatever its scheme. `Authorization` is not among them: it is a matter of the one
 * scheme that occupies it (`sets`), and of OAuth.
 */
export const signatureHeaders: ReadonlySet<string> = new Set(
  [...traceHeaders, ...[...schemes.values()].flatMap((scheme) => scheme.sets)].map((name) => name.toLowerCase()).filter((name) => name !== 'authorization'),
);

export type { LiveSecret, Random, Scheme, Signer, SigningInput } from './scheme.js';
