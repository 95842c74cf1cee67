import { EgressEnv } from '@nuncio/egress';
import { KeyRingSetting } from '@nuncio/sealing';
import { ServiceEnv } from '@nuncio/service';
import { RedisEnv, requireOneRedis } from '@nuncio/token-store';
import { z } from 'zod';

export const TokenServiceEnv = ServiceEnv.extend({
  ...EgressEnv.shape,
  ...RedisEnv,
  /** Opens client ids, client secrets and the headers of token requests. */
  CLIENT_KEYS: KeyRingSetting,
  /** Seals tokens. */
  TOKEN_KEYS: KeyRingSetting,
  /** The life of a token whose response has no `expires_in`. */
  TOKEN_DEFAULT_LIFE_SECONDS: z.coerce.number().int().min(2).max(86_400).default(300),
  /** For one token request, from DNS to the last byte. */
  TOKEN_TIMEOUT_MS: z.coerce.number().int().min(100).max(10_000).default(10_000),
}).check(requireOneRedis);
export type TokenServiceEnv = z.infer<typeof TokenServiceEnv>;
