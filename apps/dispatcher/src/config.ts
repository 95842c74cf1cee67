import { EgressEnv } from '@nuncio/egress';
import { KeyRingSetting } from '@nuncio/sealing';
import { ServiceEnv } from '@nuncio/service';
import { RedisEnv, requireOneRedis } from '@nuncio/token-store';
import { z } from 'zod';

export const DispatcherEnv = ServiceEnv.extend({
  ...EgressEnv.shape,
  ...RedisEnv,
  /** Opens signing secrets and callbacks' secret headers. */
  SIGNING_KEYS: KeyRingSetting,
  /** Opens tokens. */
  TOKEN_KEYS: KeyRingSetting,
  /** How long a (source, id) is remembered; 0 = duplicates are delivered. */
  DUPLICATE_WINDOW_SECONDS: z.coerce.number().int().min(0).default(3_600),
  /** How long a record waits in memory so that several share a produce request. */
  PRODUCER_LINGER_MS: z.coerce.number().int().min(0).max(100).default(20),
  /** Which `traceparent` receivers get, if the event was published in a trace. */
  TRACE_CONTEXT_TO_RECEIVERS: z.enum(['none', 'new', 'continue']).default('new'),
  /** How many requests may be in flight at a time, over all callbacks. */
  MAX_IN_FLIGHT: z.coerce.number().int().min(1).default(2_000),
}).check(requireOneRedis);
export type DispatcherEnv = z.output<typeof DispatcherEnv>;
