import { headOf } from './json-logger.js';
import type { ServiceEnv } from './load-config.js';

const GATHER_MS = 100;
const MAX_CHARACTERS = 65_536;
const QUIET: ReadonlySet<ServiceEnv['LOG_LEVEL']> = new Set(['fatal', 'error', 'warn']);

/**
 * Writes frequent lines of one kind, at level `log` and in the format of all other lines (`JsonLogger`). They are gathered for a moment, since
 * a write costs more than a line. When the process exits, the rest is written.
 */
export class WideLog {
  readonly #isQuiet: boolean;
  readonly #head: string;
  #lines = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(
    { service, context }: { readonly service: string; readonly context: string },
    level: ServiceEnv['LOG_LEVEL'],
    private readonly write: (lines: string) => void = (lines) => void process.stdout.write(lines),
  ) {
    this.#isQuiet = QUIET.has(level);
    this.#head = JSON.stringify({ level: 'log', pid: process.pid, ...headOf(service), context }).slice(0, -1);
    if (!this.#isQuiet) {
      process.once('exit', () => {
        this.flush();
      });
    }
  }

  /** `timestamp`: epoch milliseconds. `params` is called only if the line is logged. */
  line(timestamp: number, message: string, params: () => object): void {
    if (this.#isQuiet) return;
    this.#lines += `${this.#head},"timestamp":"${new Date(timestamp).toISOString()}","message":${JSON.stringify(message)},"params":${JSON.stringify(params())}}\n`;
    if (this.#lines.length >= MAX_CHARACTERS) this.flush();
    else
      this.#timer ??= setTimeout(() => {
        this.flush();
      }, GATHER_MS).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines) this.write(this.#lines);
    this.#lines = '';
  }
}
