import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Secret } from '@nuncio/sealing';
import { z } from 'zod';

/** A secret that the consumer chose, used as it is. */
export const GivenSecret = z.string().min(24, 'must have at least 24 characters').max(512, 'must have at most 512 characters');

/** The key is the secret's UTF-8 text, including any prefix. */
export const textKey = (secret: Secret): KeyObject => createSecretKey(secret.reveal(), 'utf8');
