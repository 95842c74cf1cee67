import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Secret } from '@nuncio/sealing';
import { z } from 'zod';

/** A secret of the consumer's own choosing, used as the text it is. */
export const GivenSecret = z.string().min(24, 'must have at least 24 characters').max(512, 'must have at most 512 characters');

/** The key is the secret's UTF-8 text, whatever prefix it has. */
export const textKey = (secret: Secret): KeyObject => createSecretKey(secret.reveal(), 'utf8');
