import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../fleet/eventually.js';

export interface Engine {
  /** The environment for the Docker command, and for other programs that use this engine. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs `docker …` and returns its output. Throws with its error output if it fails. `input`: its standard input. */
  docker(
    args: readonly string[],
    more?: { readonly env?: NodeJS.ProcessEnv; readonly input?: Buffer; readonly mayFail?: boolean; readonly quiet?: boolean },
  ): string;
  /** Stops the engine, and deletes everything it kept. */
  stop(): Promise<void>;
}

/** Starts a Docker engine with its own root `dir`, beside any other. Needs root and `dockerd` (Debian: `docker.io`, `iptables`). */
export async function startEngine(dir: string): Promise<Engine> {
  await mkdir(dir, { recursive: true });
  const host = `unix://${join(dir, 'docker.sock')}`;
  const log = openSync(join(dir, 'dockerd.log'), 'a');
  const flags = ['--data-root', join(dir, 'data'), '--exec-root', join(dir, 'exec'), '--pidfile', join(dir, 'pid'), '-H', host, '--ip6tables=false'];
  const daemon = spawn('dockerd', flags, { stdio: ['ignore', log, log] });
  const ended = once(daemon, 'exit');
  process.on('exit', () => daemon.kill());
  // The legacy builder, since Debian 12 has no buildx. The user's own client settings stay untouched.
  const env = {
    ...process.env,
    DOCKER_HOST: host,
    DOCKER_BUILDKIT: '0',
    COMPOSE_DOCKER_CLI_BUILD: '1',
    DOCKER_CONFIG: join(dir, 'config'),
    TESTCONTAINERS_RYUK_DISABLED: 'true',
  };
  const docker: Engine['docker'] = (args, { env: more = {}, input, mayFail = false, quiet = true } = {}) => {
    const { status, stdout, stderr } = spawnSync('docker', args, {
      env: { ...env, ...more },
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: [input ? 'pipe' : 'ignore', 'pipe', quiet ? 'pipe' : 'inherit'],
    });
    if (status !== 0 && !mayFail) throw new Error(`docker ${args.join(' ')}: ${stderr || stdout}`);
    return (mayFail ? stdout + stderr : stdout).trim();
  };
  await eventually(() => {
    if (!/^\d/.test(docker(['version', '--format', '{{.Server.Version}}'], { mayFail: true })))
      throw new Error(`dockerd does not answer: ${join(dir, 'dockerd.log')}`);
  }, 60_000);
  const stop = async (): Promise<void> => {
    const all = docker(['ps', '-aq']).split('\n').filter(Boolean);
    if (all.length) docker(['rm', '-f', '-v', ...all]);
    daemon.kill('SIGTERM');
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  return { env, docker, stop };
}
