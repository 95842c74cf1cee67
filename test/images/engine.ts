import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
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
  const restoreNetwork = networkNow();
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
  });
  const stop = async (): Promise<void> => {
    const all = docker(['ps', '-aq']).split('\n').filter(Boolean);
    if (all.length) docker(['rm', '-f', '-v', ...all]);
    daemon.kill('SIGTERM');
    await ended;
    restoreNetwork();
    await rm(dir, { recursive: true, force: true });
  };
  return { env, docker, stop };
}

const BRIDGE = 'docker0';

/**
 * Remembers the machine's rules for packets. The returned function puts them back, and removes the bridge: an engine that stops leaves both. Beside
 * another engine, which needs them, it does nothing.
 */
function networkNow(): () => void {
  if (existsSync(`/sys/class/net/${BRIDGE}`)) return () => undefined;
  const rules = (): string => execFileSync('iptables-save', { encoding: 'utf8' });
  const before = rules();
  return () => {
    execFileSync('ip', ['link', 'delete', BRIDGE]);
    execFileSync('iptables-restore', { input: emptied(rules()) + before });
  };
}

/** The same tables with their own chains alone (those with a policy), and no rule. */
const emptied = (rules: string): string =>
  rules
    .split('\n')
    .filter((line) => /^(?:\*|:\S+ [A-Z]|COMMIT)/.test(line))
    .map((line) => `${line.replace(/^(:\S+) .*/, '$1 ACCEPT [0:0]')}\n`)
    .join('');
