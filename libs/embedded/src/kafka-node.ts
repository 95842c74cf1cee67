import type { ProcessGroup } from './process-group.js';
import { Restartable, type RestartableSpec } from './restartable.js';

/**
 * A listener for relays to a node. Clients that connect through it learn only the other nodes' relays, so that a test can cut one client off from one
 * node.
 */
export interface RelayedListener {
  /** The port that the node advertises. Nothing listens there until a test starts a relay. */
  readonly from: number;
  /** The port that the node listens on. */
  readonly to: number;
}

interface KafkaNodeSpec extends RestartableSpec {
  /** Its `host:port`. */
  readonly address: string;
  /** Absent with a single node. */
  readonly relayed?: RelayedListener;
}

/**
 * One node of a cluster, broker and controller in one process. It serves clients once most of the cluster is up. In an orderly stop it hands over its
 * leaderships.
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

  /** SIGKILL. */
  async kill(): Promise<void> {
    const child = this.taken();
    child?.kill('SIGKILL');
    await child?.exited;
  }

  /** SIGSTOP: it keeps its connections but answers nobody. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }
}
