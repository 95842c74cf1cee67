import type { z } from 'zod';

/** One line for each setting that is missing or wrong, by its name: `KAFKA_BROKERS is missing: the brokers, host:port, comma list`. */
export function settingFaults(error: z.ZodError | undefined, env: NodeJS.ProcessEnv, told: ReadonlySet<string> = new Set()): string[] {
  return (error?.issues ?? []).flatMap(({ path, message }) => {
    const name = path.join('.');
    if (told.has(name)) return [];
    return [env[name] ? `${name}: ${message}` : `${name} is missing: ${message.replace(/^must be (?:a |an )?/, '')}`];
  });
}
