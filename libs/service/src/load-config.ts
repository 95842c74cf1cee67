import { words } from '@nuncio/contracts';
import { KafkaEnv, settingFaults, withoutBlanks } from '@nuncio/kafka';
import { TracingEnv } from '@nuncio/tracing';
import { z } from 'zod';
import { provideSecrets } from './key-provider.js';

/** The settings of every service. An app extends it with its own. */
export const ServiceEnv = KafkaEnv.extend({
  /** 0 = any free port. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /** Whoever can reach this address sees `/health`, and `/metrics` unless that has a port of its own. */
  HOST: z.string().default('127.0.0.1'),
  /** The port of `/metrics`, which is then served nowhere else. */
  METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),
  ...TracingEnv,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'log', 'debug', 'verbose']).default('log'),
});
export type ServiceEnv = z.infer<typeof ServiceEnv>;

/**
 * Reads the environment and the files that it refers to, once. If there are faults, it tells all of them, each with its variable, and ends the process
 * with status 1. `tell`: a service has a log; a command speaks to a person.
 */
export async function loadConfig<S extends z.ZodType>(schema: S, tell: (faults: readonly string[]) => void = toTerminal): Promise<z.output<S>> {
  const provided = await provideSecrets(withoutBlanks(process.env));
  const result = schema.safeParse(provided.env, { error: words });
  if (result.success && !provided.faults.length) return result.data;
  const told = new Set(provided.faults.map(({ setting }) => setting));
  tell([...provided.faults.map(({ name, message }) => `${name}: ${message}`), ...settingFaults(result.error, provided.env, told)]);
  process.exit(1);
}

function toTerminal(faults: readonly string[]): void {
  console.error(['The settings are not complete:', ...faults].join('\n  '));
}
