import { fileURLToPath } from 'node:url';
import { KeyRingSetting } from '@nuncio/sealing';
import { ApiEnv } from '@nuncio/service';
import { z } from 'zod';

const HttpUrl = z.url({ protocol: /^https?$/, error: 'must be http://host:port' }).transform((text) => new URL(text).origin);

export const Config = ApiEnv.safeExtend({
  HOST: z.string().default('0.0.0.0'),
  CONFIG_SERVICE_URL: HttpUrl,
  ATTEMPT_LOG_URL: HttpUrl,
  /** Where Prometheus finds /metrics, which the public origin never shows; not set = nowhere. */
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  /** What seals the sessions of the console; not set = no console. */
  SESSION_KEYS: KeyRingSetting.optional(),
  /** Where the built console lies; nothing there = no console. */
  CONSOLE_DIR: z.string().default(fileURLToPath(new URL('../../console/dist', import.meta.url))),
});
export type Config = z.infer<typeof Config>;
