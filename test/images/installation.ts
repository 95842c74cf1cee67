import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../fleet/eventually.js';
import type { Engine } from './engine.js';

export const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));
const UP_WITHIN_S = 300;
const RINGS = ['SIGNING_KEYS', 'CLIENT_KEYS', 'TOKEN_KEYS', 'SESSION_KEYS'];
const PASSWORDS = ['ADMIN', 'CONFIG_SERVICE', 'TOKEN_SERVICE', 'DISPATCHER', 'ATTEMPT_LOG', 'GATEWAY'];

/** Runs docker/compose.yaml, with keys and passwords made as docker/README.md says. */
export class Installation {
  readonly #env: Readonly<Record<string, string>>;

  constructor(private readonly engine: Engine) {
    const secret = (): string => randomBytes(32).toString('hex');
    this.#env = {
      ...Object.fromEntries(RINGS.map((name) => [name, `k1:${randomBytes(32).toString('base64')}`])),
      ...Object.fromEntries(PASSWORDS.map((who) => [`${who}_PASSWORD`, secret()])),
      API_KEY_PEPPER: secret(),
      ADMIN_API_KEY: secret(),
      EGRESS_ALLOW: 'kafka',
      // Any free port, since 7070 may be in use.
      NUNCIO_PORT: '0',
    };
  }

  compose(args: readonly string[], quiet = true): string {
    const files = ['docker/compose.yaml', 'test/images/override.yaml'].flatMap((file) => ['-f', join(WORKSPACE, file)]);
    return this.engine.docker(['compose', ...files, ...args], { env: this.#env, quiet });
  }

  /** Returns when every service is healthy. */
  up(dispatchers: number): void {
    this.compose(['up', '-d', '--no-build', '--wait', '--wait-timeout', String(UP_WITHIN_S), '--scale', `dispatcher=${dispatchers}`]);
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
}
