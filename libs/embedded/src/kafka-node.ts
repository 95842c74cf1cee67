import type { ProcessGroup } from './process-group.js';
import { Restartable, type RestartableSpec } from './restartable.js';

/** A relay's way to a node: whoever comes by `from` is told of the other nodes' relays alone, so that a test can cut one client off from one node. */
export interface RelayedListener {
  /** The port that the node advertises; nothing listens there until a test does. */
  readonly from: number;
  /** The port that the node listens on. */
  readonly to: number;
}

export interface KafkaNodeSpec extends RestartableSpec {
  /** Its `host:port`. */
  readonly address: string;
  /** Absent where there is one node. */
  readonly relayed?: RelayedListener;
}

/**
 * One node of a cluster, broker and controller in one process. It serves clients once most of the cluster is up; when it stops in order, it hands over what it
 * leads.
 */
export class KafkaNode extends Restartable {
  readonly address: string;
  readonly relayed: RelayedListener | undefined;

  constructor(spec: KafkaNodeSpec, group: ProcessGroup) {
    super(spec, group, { up: 'Kafka Server started', upWithinMs: 180_000, stopWithinMs: 60_000 });
    this.address = spec.address;
    this.relayed = spec.relayed;
  }

  get name(): string {
    return this.spec.name;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const child = this.taken();
    child?.kill('SIGKILL');
    await child?.exited;
  }

  /** SIGSTOP: it keeps its connections and answers nobody. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }
}
