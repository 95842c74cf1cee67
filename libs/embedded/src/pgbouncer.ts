import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { asServer, give } from './postgres.js';
import type { ServerContext } from './server-context.js';

const UP = 'process up';

/** Whether `pgbouncer` is installed. Only system packages have it. */
export const hasPgBouncer = (): boolean => spawnSync('pgbouncer', ['--version']).error === undefined;

/**
 * Starts PgBouncer in transaction mode before the server of this URL, with two connections for each user and database. Returns the URL by which its
 * users (those in `passwords`, and the URL's own) connect through it.
 */
export async function startPgBouncer({ dir, logs, group }: Pick<ServerContext, 'dir' | 'logs' | 'group'>, databaseUrl: string, passwords: Readonly<Record<string, string>>): Promise<string> {
  const server = new URL(databaseUrl);
  const port = await freePort();
  const [settings, users] = [join(dir, 'pgbouncer.ini'), join(dir, 'pgbouncer-users')];
  const everybody = Object.entries({ ...passwords, [server.username]: server.password });
  await writeFile(users, everybody.map(([name, password]) => `"${name}" "${password}"\n`).join(''), { mode: 0o600 });
  await writeFile(
    settings,
    `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = 2
`,
    { mode: 0o600 },
  );
  await give(settings, users);
  const bouncer = group.start({ name: 'PgBouncer', ...asServer('pgbouncer', settings), logFile: join(logs, 'pgbouncer.log') });
  await bouncer.says(UP, 10_000);
  server.port = String(port);
  return server.href;
}
