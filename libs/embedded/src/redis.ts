import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Identities, nameOf } from './identities.js';
import { freePort } from './free-port.js';
import { dependenciesOf } from './maven.js';
import { passwordIn } from './password.js';
import type { ServerContext } from './server-context.js';

const OTHERWISE = 'install redis-server or Maven, or point REDIS_URL at a server';
const POM = new URL('../resources/redis/pom.xml', import.meta.url);
const UP = 'Ready to accept connections';

/**
 * Starts the machine's `redis-server`, or else the one in a jar of Maven Central. Returns its URL. Data stays in `<dir>/redis`, written within a
 * second.
 */
export async function startRedis(context: ServerContext): Promise<string> {
  const { dir, logs, group, env, tls } = context;
  const command = await redisServer(context);
  const home = join(dir, 'redis');
  await mkdir(home, { recursive: true });
  const password = await passwordIn(join(home, 'password'));
  const port = await freePort();
  const settings = join(home, 'redis.conf');
  const listen = tls ? `port 0\ntls-port ${port}\ntls-cert-file "${tls.cert}"\ntls-key-file "${tls.key}"\ntls-auth-clients no` : `port ${port}`;
  const users = redisUsers(context.identities).join('\n');
  await writeFile(settings, `bind 127.0.0.1\n${listen}\nrequirepass ${password}\n${users}\ndir "${home}"\nappendonly yes\nsave ""\n`, { mode: 0o600 });
  const redis = group.start({ name: 'Redis', command, args: [settings], env, logFile: join(logs, 'redis.log') });
  await redis.says(UP, 30_000);
  return `${tls ? 'rediss' : 'redis'}://:${password}@127.0.0.1:${port}`;
}

/** The command that starts a server; also a sentinel, or a cluster's node. */
export const redisServer = async (context: ServerContext): Promise<string> =>
  spawnSync('redis-server', ['--version'], { env: context.env }).error ? fetched(context) : 'redis-server';

/**
 * The services' rights, as lines of redis.conf: only the token-service writes tokens; a dispatcher reads them, and has keys of its own. No other
 * service has access. `prefix`: the beginning of keys; any by default.
 */
export function redisUsers(passwords: Pick<Identities, 'token-service' | 'dispatcher'>, prefix = '*'): string[] {
  const connection = '+ping +info +select +time +client|setname +cluster|slots +cluster|info';
  const user = (service: 'token-service' | 'dispatcher', keys: string, commands: string): string =>
    `user ${nameOf(service)} on >${passwords[service]} resetchannels ${keys} -@all ${connection} ${commands}`;
  return [
    user('token-service', `~${prefix}:token:* ~${prefix}:token-failure:*`, '+get +mget +pttl +set +del +eval'),
    user('dispatcher', `%R~${prefix}:token:* %R~${prefix}:token-failure:* ~${prefix}:seen:* ~${prefix}:rate:* ~${prefix}:places:*`, '+get +mget +pttl +set +eval'),
  ];
}

async function fetched(context: ServerContext): Promise<string> {
  const directory = await dependenciesOf({ pom: POM, goal: 'unpack-dependencies', otherwise: OTHERWISE }, context);
  const target = `-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const name = (await readdir(directory)).find((file) => file.startsWith('redis-server-') && file.endsWith(target));
  if (!name) throw new Error(`there is no redis-server for ${process.platform}-${process.arch} to fetch: install redis-server, or point REDIS_URL at a server`);
  const binary = join(directory, name);
  await chmod(binary, 0o755);
  return binary;
}
