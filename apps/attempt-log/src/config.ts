import { DatabaseUrl } from '@nuncio/database';
import { TenantId } from '@nuncio/contracts';
import { MIGRATE_WAIT } from '@nuncio/kafka';
import { ApiEnv } from '@nuncio/service';
import { z } from 'zod';

/** What the migrate command needs. `LOG_DATABASE_URL`: the log's own server, if it has one. */
export const MigrateEnv = z.object({ DATABASE_URL: DatabaseUrl, LOG_DATABASE_URL: DatabaseUrl.optional(), LOG_DATABASE_ROLE: z.string().optional(), MIGRATE_WAIT_SECONDS: MIGRATE_WAIT });

export const Config = ApiEnv.safeExtend({
  DATABASE_URL: DatabaseUrl,
  /**
   * Whole days (UTC) before today for which events, deliveries and attempts are kept; never less than the longest retry
   * schedule.
   */
  RETENTION_DAYS: z.coerce.number().int().min(1).max(3_650).default(30),
  /** A tenant whose callbacks may subscribe to the notices of all tenants. */
  NOTICES_TO: TenantId.optional(),
});
export type Config = z.infer<typeof Config>;
