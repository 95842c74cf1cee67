import { z } from 'zod';
import { GivenSecret, textKey } from './given-secret.js';
import { hmac, scheme, unixSeconds } from './scheme.js';

/**
 * Persona, "Webhook best practices": `Persona-Signature: t=…,v1=…`, one set per live secret, newest first, separated by one space, all with the same
 * time. `v1` is the lower-case hex of HMAC-SHA256 over `t.body`. The headers about attempts are part of the scheme.
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
