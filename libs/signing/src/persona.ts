import { z } from 'zod';
import { GivenSecret, textKey } from './given-secret.js';
import { hmac, scheme, unixSeconds } from './scheme.js';

/**
 * Persona, "Webhook best practices": `Persona-Signature: t=…,v1=…`, one set per live secret, newest first, one space between, all of the same second;
 * `v1` is lower-case hex of HMAC-SHA256 over `t.body`. The attempt headers belong to it.
 */
export const persona = scheme({
  name: 'persona',
  settings: z.strictObject({ secret: GivenSecret.optional() }),
  sets: ['Persona-Signature', 'Persona-Webhook-Attempts-Made', 'Persona-Webhook-Attempts-Left', 'Persona-Webhook-First-Attempted-At'],
  secret: {
    generate: (_, random) => `wbhsec_${random(32).toString('base64url')}`,
    key: textKey,
  },
  headers: ({ body, sentAt, attempt }, keys) => {
    const t = unixSeconds(sentAt);
    return {
      'Persona-Signature': keys.map(({ key }) => `t=${t},v1=${hmac(key, 'hex', `${t}.`, body)}`).join(' '),
      'Persona-Webhook-Attempts-Made': String(attempt.made),
      'Persona-Webhook-Attempts-Left': String(attempt.left),
      'Persona-Webhook-First-Attempted-At': String(unixSeconds(attempt.firstAt)),
    };
  },
});
