import { hostname } from 'node:os';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { pulse, type Pulse, type Service } from '@nuncio/contracts';
import type { BatchProducer } from '@nuncio/kafka';
import { impairedBeside, type Readiness } from './health.controller.js';
import type { UsedKeys } from './used-keys.js';
import { VERSION } from './version.js';

const LOOK_EVERY_MS = 5_000;
/** An unchanged state is sent at every second look. */
const QUIET_LOOKS = 1;
/** A minute: used keys are reported at most this often. */
const KEYS_EVERY_LOOKS = 12;
/** A pulse that cannot be sent in time is dropped; the next one follows. */
const TOLD_WITHIN_MS = 4_000;
const READY_WITHIN_MS = 3_000;
const STARTED_AT = Math.round(performance.timeOrigin);

/** An app may provide this to add its load to the pulse. */
export interface Vitals {
  vitals(): Pick<Pulse, 'gauges' | 'lanes' | 'lanesLeftOut'>;
}
export const VITALS = Symbol('Vitals');

export interface HeartPorts {
  readonly producer: Pick<BatchProducer, 'sendJson'>;
  readonly readiness?: Readiness | undefined;
  readonly vitals?: Vitals | undefined;
  readonly usedKeys?: UsedKeys | undefined;
}

/**
 * Sends pulses, which tell the installation how this process is; the log shows them as the fleet. Nothing waits for them or fails with them.
 */
export class Heart implements OnModuleDestroy {
  readonly #logger = new Logger('Heart');
  #timer: NodeJS.Timeout | undefined;
  #instance = hostname();
  #told = '';
  #quiet = 0;
  #looksSinceKeys = KEYS_EVERY_LOOKS;
  #isBeating = false;
  #hasLeft = false;

  constructor(
    private readonly service: Service,
    private readonly ports: HeartPorts,
  ) {}

  /** `port`: that of its API. */
  start(port: number): void {
    this.#instance = `${hostname()}:${port}`;
    void this.beat();
    this.#timer = setInterval(() => void this.beat(), LOOK_EVERY_MS).unref();
  }

  /** Sends the state if it has changed, or was last sent long enough ago. */
  async beat(): Promise<void> {
    if (this.#isBeating) return;
    this.#isBeating = true;
    const missing = await this.#missing();
    if (this.#hasLeft) return;
    const told = { ...this.#with(missing), ...this.ports.vitals?.vitals() };
    const text = JSON.stringify(told);
    const keysUsed = ++this.#looksSinceKeys > KEYS_EVERY_LOOKS ? (this.ports.usedKeys?.take() ?? []) : [];
    if (keysUsed.length) this.#looksSinceKeys = 0;
    if (keysUsed.length || text !== this.#told || this.#quiet++ >= QUIET_LOOKS) {
      [this.#told, this.#quiet] = [text, 0];
      await this.#tell(told, keysUsed);
    }
    this.#isBeating = false;
  }

  /** Sends the last pulse. The producer flushes it before it disconnects. */
  onModuleDestroy(): void {
    clearInterval(this.#timer);
    this.#hasLeft = true;
    void this.#tell({ ...this.#with([]), isLeaving: true }, this.ports.usedKeys?.take());
  }

  #with(missing: string[]): Pulse {
    const [service, instance] = [this.service, this.#instance];
    return { service, instance, version: VERSION, since: STARTED_AT, ready: missing.length === 0, faults: [...missing, ...impairedBeside(missing, this.ports.readiness)], isLeaving: false, gauges: null, lanes: null, lanesLeftOut: 0 };
  }

  async #tell(told: Pulse, keysUsed: readonly string[] = []): Promise<void> {
    const record = keysUsed.length ? { ...told, keysUsed: [...keysUsed] } : told;
    await this.ports.producer.sendJson(pulse, told.instance, record, AbortSignal.timeout(TOLD_WITHIN_MS)).catch((error: unknown) => {
      this.ports.usedKeys?.add(...keysUsed);
      this.#logger.debug(`the pulse was not sent: ${String(error)}`);
    });
  }

  async #missing(): Promise<string[]> {
    const { readiness } = this.ports;
    if (!readiness) return [];
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string[]>((resolve) => {
      timer = setTimeout(() => {
        resolve(['A server that the process needs does not answer.']);
      }, READY_WITHIN_MS);
    });
    try {
      return await Promise.race([readiness.ready(), late]);
    } catch (error) {
      return [String(error)];
    } finally {
      clearTimeout(timer);
    }
  }
}
