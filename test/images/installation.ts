import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellBlocks } from '../docs/shell-blocks.js';
import { eventually } from '../fleet/eventually.js';
import type { Engine } from './engine.js';

export const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));
const UP_WITHIN_S = 300;
const SETTINGS_FILE = 'docker/.env';
const COMPOSE = 'docker compose -f docker/compose.yaml';

/** Runs docker/compose.yaml, with the commands of docker/README.md: those that make keys and passwords, and those of an operator. */
export class Installation {
  readonly #files = ['docker/compose.yaml', 'test/images/override.yaml'].flatMap((file) => ['-f', join(WORKSPACE, file)]);
  readonly #settingsFile: string;
  readonly #operatorCommands: string;
  #version = 'local';

  constructor(
    private readonly engine: Engine,
    dir: string,
  ) {
    const [install = '', operate = ''] = shellBlocks(readFileSync(join(WORKSPACE, 'docker/README.md'), 'utf8')).map(({ text }) => text);
    this.#operatorCommands = operate;
    this.#settingsFile = join(dir, 'settings');
    this.#sh(install.slice(0, install.indexOf(COMPOSE)));
    // Any free port, since 7070 may be in use.
    appendFileSync(this.#settingsFile, 'EGRESS_ALLOW=kafka\nNUNCIO_PORT=0\n');
  }

  compose(args: readonly string[], quiet = true): string {
    return this.engine.docker(['compose', ...this.#files, '--env-file', this.#settingsFile, ...args], { env: { NUNCIO_VERSION: this.#version }, quiet });
  }

  /** Returns when every service is healthy. */
  up(dispatchers: number): void {
    this.compose(['up', '-d', '--no-build', '--wait', '--wait-timeout', String(UP_WITHIN_S), '--scale', `dispatcher=${dispatchers}`]);
  }

  /** Replaces every container by one of the images with this tag; their data stays. */
  upgrade(version: string, dispatchers: number): void {
    this.#version = version;
    this.up(dispatchers);
  }

  /** Runs the commands of an operator in docker/README.md. Throws if one fails. */
  operate(): void {
    this.#sh(this.#operatorCommands);
  }

  /** Throws if a delivery of the demo did not end as it should. */
  demo(): void {
    this.compose(['run', '--rm', '-T', 'demo'], false);
  }

  /**
   * Kills the process of one dispatcher, as the kernel would. The returned function resolves when Docker has started it again and it is
   * ready.
   */
  killOne(): () => Promise<void> {
    const [victim = ''] = this.compose(['ps', '-q', 'dispatcher']).split('\n');
    const look = (path: string): string => this.engine.docker(['inspect', '-f', path, victim]);
    process.kill(Number(look('{{.State.Pid}}')), 'SIGKILL');
    return () =>
      eventually(() => {
        const state = look('{{.RestartCount}} {{.State.Health.Status}}');
        if (state !== '1 healthy') throw new Error(`the dispatcher that was killed is at: ${state}`);
      }, UP_WITHIN_S * 1_000);
  }

  down(): void {
    this.compose(['down', '-v', '--timeout', '20']);
  }

  #sh(commands: string): void {
    const text = commands.replaceAll(COMPOSE, ['docker compose', ...this.#files, '--env-file', this.#settingsFile].join(' ')).replaceAll(SETTINGS_FILE, this.#settingsFile);
    const { status, stdout, stderr } = spawnSync('sh', ['-ec', text], { env: { ...this.engine.env, NUNCIO_VERSION: this.#version }, encoding: 'utf8' });
    if (status !== 0) throw new Error(`docker/README.md: ${text}\n${stdout}${stderr}`);
  }
}
