import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitOnSignal, startServices, startStack, timed } from '@nuncio/embedded';
import { makeBaseImages } from './base-images.js';
import { provideCompose } from './compose-plugin.js';
import { type Engine, startEngine } from './engine.js';
import { examine } from './image.js';
import { Installation, WORKSPACE } from './installation.js';

/**
 * `npm run check:images`, as root on Debian with `docker.io`, `iptables` and `debootstrap`. Builds every image on stand-ins for the official base
 * images, examines each, starts docker/compose.yaml, and runs the demo, before and after one of three dispatchers is killed, and after every container
 * is replaced by one of another tag. In between it runs the operator's commands of docker/README.md. Then runs the demo with the servers of
 * `NUNCIO_STACK=containers`. Leaves nothing behind. `--only servers`: the last part alone.
 */
const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'];
const log = (line: string): void => {
  console.log(line);
};
const step = <T>(name: string, work: () => T | Promise<T>): Promise<T> => timed(log, name, async () => work());

const { values: flags } = parseArgs({ options: { only: { type: 'string' } } });

exitOnSignal();
const dir = await mkdtemp(join(tmpdir(), 'nuncio-images-'));
const engine = await startEngine(join(dir, 'engine'));
const began = performance.now();
try {
  log(`Compose ${await step('Compose', () => provideCompose(engine, dir))}`);
  const base = await step('base images', () => makeBaseImages(engine, dir));
  if (flags.only !== 'servers') await tryImages(base);
  await step('NUNCIO_STACK=containers', () => tryContainers(engine));
  log(`all of it took ${Math.round((performance.now() - began) / 1_000)} s`);
} catch (error) {
  process.exitCode = 1;
  log(error instanceof Error ? error.message : String(error));
} finally {
  await engine.stop();
  await rm(dir, { recursive: true, force: true });
}

async function tryImages(base: string): Promise<void> {
  await step('images', build);
  const faults = [...SERVICES, 'migrate'].flatMap((name) => {
    const { faults, mb } = examine(engine, `nuncio/${name}:local`, base);
    log(`nuncio/${name}: ${mb} MB above its base`);
    return faults;
  });
  if (faults.length) throw new Error(faults.join('\n'));
  await tryCompose();
}

function build(): void {
  const make = (image: string, ...more: string[]): string =>
    engine.docker(['build', '-q', '-f', join(WORKSPACE, 'docker/Dockerfile'), '-t', `nuncio/${image}:local`, ...more, WORKSPACE]);
  make('build', '--target', 'build');
  make('migrate', '--target', 'migrate');
  for (const app of SERVICES) make(app, '--build-arg', `APP=${app}`);
}

async function tryCompose(): Promise<void> {
  const installation = new Installation(engine, dir);
  try {
    await step('compose up', () => {
      installation.up(2);
    });
    installation.demo();
    await step('three dispatchers', () => {
      installation.up(3);
    });
    const restarted = installation.killOne();
    installation.demo();
    await step('the killed one is back', restarted);
    await step("an operator's commands", () => {
      installation.operate();
    });
    for (const image of [...SERVICES, 'migrate']) engine.docker(['tag', `nuncio/${image}:local`, `nuncio/${image}:next`]);
    await step('upgrade', () => {
      installation.upgrade('next', 3);
    });
    installation.demo();
  } catch (error) {
    log(installation.compose(['ps', '-a']) + installation.compose(['logs', '--tail', '30']));
    throw error;
  }
  await step('compose down', () => {
    installation.down();
  });
}

/** Runs the services as processes and their servers as containers. */
async function tryContainers({ env }: Engine): Promise<void> {
  Object.assign(process.env, { DOCKER_HOST: env.DOCKER_HOST, TESTCONTAINERS_RYUK_DISABLED: 'true' });
  const stack = await startStack({ dir: join(dir, 'stack'), env: { ...env, NUNCIO_STACK: 'containers' } });
  const services = await startServices({ dir: join(dir, 'stack'), stack });
  try {
    const settings = { NUNCIO_URL: services.url, ADMIN_API_KEY: services.adminKey, KAFKA_BROKERS: stack.brokers };
    const { status } = spawnSync(process.execPath, [join(WORKSPACE, 'apps/local/dist/demo/main.js')], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (status !== 0) throw new Error('the demo failed on servers in containers');
  } finally {
    await services.stop();
    await stack.stop();
  }
}
