import { spawnSync } from 'node:child_process';

/** `npm run migrate`: topics, then both schemas. `npm run migrate -- --plan`: says what it would do, and does nothing. Ends with the first that fails; a plan is told whole. */
const COMMANDS = ['libs/kafka/dist/apply-topics.js', 'apps/config-service/dist/migrate.js', 'apps/attempt-log/dist/migrate.js'];
const flags = process.argv.slice(2);

for (const command of COMMANDS) {
  const { status } = spawnSync(process.execPath, [command, ...flags], { stdio: 'inherit', cwd: import.meta.dirname });
  if (status === 0) continue;
  process.exitCode = 1;
  if (!flags.includes('--plan')) break;
}
