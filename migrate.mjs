import { spawnSync } from 'node:child_process';

/**
 * `npm run migrate`: creates the topics, then migrates both schemas. `npm run migrate -- --plan`: only prints what it would do. Stops at the first
 * command that fails; a plan runs all of them.
 */
const COMMANDS = ['libs/kafka/dist/apply-topics.js', 'apps/config-service/dist/migrate.js', 'apps/attempt-log/dist/migrate.js'];
const flags = process.argv.slice(2);

for (const command of COMMANDS) {
  const { status } = spawnSync(process.execPath, [command, ...flags], { stdio: 'inherit', cwd: import.meta.dirname });
  if (status === 0) continue;
  process.exitCode = 1;
  if (!flags.includes('--plan')) break;
}
