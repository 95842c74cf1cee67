import type { Child, ChildSpec } from './child.js';
import type { ProcessGroup } from './process-group.js';

/** A relay's way to a node: whoever comes by `from` is told of the other nodes' relays alone, so that a test can cut one client off from one node. */
export interface RelayedListener {
  /** The port that the node advertises; nothing listens there until a test does. */
  readonly from: number;
  /** The port that the node listens on. */
  readonly to: number;
}

export interface KafkaNodeSpec extends Omit<ChildSpec, 'logFile'> {
  /** Its `host:port`. */
  readonly address: string;
  /** Absent where there is one node. */
  readonly relayed?: RelayedListener;
  /** The log file of the nth start. */
  readonly logFileOf: (start: number) => string;
}

const UP = 'Kafka Server started';
const UP_WITHIN_MS = 180_000;
const STOP_BOUND_MS = 60_000;

/** One node of a cluster, broker and controller in one process. Its ports and its data stay the same from one start to the next. */
export class KafkaNode {
  readonly address: string;
  readonly relayed: RelayedListener | undefined;
  #child: Child | null = null;
  #starts = 0;

  constructor(
    private readonly spec: KafkaNodeSpec,
    private readonly group: ProcessGroup,
  ) {
    this.address = spec.address;
    this.relayed = spec.relayed;
  }

  get name(): string {
    return this.spec.name;
  }

  /** Resolves once it serves clients, for which it needs most of the cluster. Does nothing where it runs. */
  async start(): Promise<void> {
    this.#child ??= this.group.start({ ...this.spec, logFile: this.spec.logFileOf(++this.#starts) });
    await this.#child.says(UP, UP_WITHIN_MS);
  }

  /** In order: it hands over what it leads, and resolves when the process has ended. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    await child?.stop(STOP_BOUND_MS);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    child?.kill('SIGKILL');
    await child?.exited;
  }

  /** SIGSTOP: it keeps its connections and answers nobody. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }
}
