import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { VERSION } from './version.js';

/** Contexts of Nest's messages at start: each module, controller and route. */
const STARTING: ReadonlySet<unknown> = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication', 'NestMicroservice']);

/** The fields that every line of a service's log has. */
interface LineHead {
  readonly service: string;
  readonly version: string;
}
export const headOf = (service: string): LineHead => ({ service, version: VERSION });

/**
 * Writes one JSON object per line: `level`, `pid`, `service`, `version`, `timestamp` (RFC 3339), `message`, and if present `context`, `params`,
 * `stack`. Leaves out Nest's messages at start.
 */
export class JsonLogger extends ConsoleLogger {
  constructor(
    private readonly head: LineHead,
    logLevels: LogLevel[],
  ) {
    super({ json: true, logLevels });
  }

  override log(message: unknown, ...more: unknown[]): void {
    if (!STARTING.has(more.at(-1))) super.log(message, ...(more as [string]));
  }

  protected override getJsonLogObject(...line: Parameters<ConsoleLogger['getJsonLogObject']>): ReturnType<ConsoleLogger['getJsonLogObject']> {
    const { level, pid, timestamp, ...told } = super.getJsonLogObject(...line);
    const shown = { level, pid, ...this.head, timestamp: new Date(timestamp).toISOString(), ...told };
    // Nest declares its own timestamp as milliseconds.
    return shown as unknown as ReturnType<ConsoleLogger['getJsonLogObject']>;
  }
}
