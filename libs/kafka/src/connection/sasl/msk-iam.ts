import { Secret } from '@nuncio/sealing';
import type { BearerToken } from './bearer-tokens.js';

/** A token is replaced a minute before its end. */
const MARGIN_MS = 60_000;

/** Amazon MSK takes a signed URL for a token (IAM access control). Credentials come by AWS's default chain: environment, web identity, container, instance. */
export const mskIam = (region: string) => async (): Promise<BearerToken> => {
  // Loaded on demand: it is large, and only this mechanism needs it.
  const { generateAuthToken } = await import('aws-msk-iam-sasl-signer-js');
  const receivedAt = Date.now();
  const { token, expiryTime } = await generateAuthToken({ region });
  return { value: new Secret(token), receivedAt, usableUntil: expiryTime - MARGIN_MS };
};
