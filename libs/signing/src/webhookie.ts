import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { GivenSecret, textKey } from './given-secret.js';
import { hmac, scheme } from './scheme.js';

const KeyId = z.string().regex(/^[A-Za-z0-9._:@-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 . _ : @ -');

/** The fields that webhookie signs; the body is not among them. `date` is ISO 8601 in UTC, the same text as in the header. */
interface SignedLine {
  readonly method: string;
  readonly url: string;
  readonly date: string;
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * webhookie, "Callbacks": `Authorization: Signature …` over one line. It has room for one signature, which is made with the
 * newest secret.
 */
export const webhookie = scheme({
  name: 'webhookie',
  settings: z.strictObject({ secret: GivenSecret.optional(), keyId: KeyId.optional() }),
  sets: ['Authorization', 'Date'],
  secret: {
    generate: (_, random) => random(32).toString('base64url'),
    key: textKey,
  },
  headers: ({ method, url, sentAt, eventId, deliveryId }, [newest]) => {
    const date = new Date(sentAt).toISOString();
    return { Date: date, Authorization: authorization(newest.key, newest.keyId, { method, url, date, traceId: eventId, spanId: deliveryId }) };
  },
});

/** Values are unquoted, without a space after commas. */
export const authorization = (key: KeyObject, keyId: string, line: SignedLine): string =>
  `Signature keyId=${keyId},algorithm=HmacSHA256,headers=(request-target) date x-trace-id x-span-id,signature=${hmac(key, 'base64', signingString(line))}`;

/** One line with single spaces. */
export const signingString = ({ method, url, date, traceId, spanId }: SignedLine): string =>
  `(request-target): ${method.toUpperCase()} ${url} date: ${date} x-trace-id: ${traceId} x-span-id: ${spanId}`;
