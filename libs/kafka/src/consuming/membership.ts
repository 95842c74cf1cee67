import { Logger } from '@nestjs/common';
import type { Admin, Consumer } from 'kafkajs';
import { isStanding } from '../connection/kafka-faults.js';

const LOOK_EVERY_MS = 10_000;
/** So many checks in a row without a sign of life are more than a slow rebalance. */
const DEAD_AFTER_LOOKS = 6;

/** A moment by the wall clock, which may be put back, and by the monotonic one, which stops while a machine is suspended. Milliseconds. */
interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

const NEVER: Moment = { wall: 0, monotonic: -Infinity };

/**
 * Whether this process is a member of its consumer group, as far as the coordinator has confirmed. The moment when the heartbeat was *sent* counts: its answer may have
 * lain in the socket while the process was stopped. If the two clocks disagree on how long ago that was, the longer time counts.
 */
export class Membership {
  #asked: Moment = NEVER;
  #confirmed: Moment = NEVER;

  constructor(
    consumer: Pick<Consumer, 'on' | 'events'>,
    private readonly sessionMs: number,
  ) {
    const { events } = consumer;
    const confirmed = (): void => {
      this.#confirmed = this.#asked;
    };
    // kafkajs reports the request first, then the result of its answer.
    consumer.on(events.REQUEST, ({ payload: { apiName, sentAt } }) => {
      if (apiName === 'Heartbeat' || apiName === 'SyncGroup') this.#asked = { wall: sentAt, monotonic: performance.now() - Math.max(0, Date.now() - sentAt) };
    });
    consumer.on(events.HEARTBEAT, confirmed);
    consumer.on(events.GROUP_JOIN, confirmed);
  }

  /** Epoch milliseconds: another member may own this process's partitions once a session timeout has passed since the last confirmation. */
  get sureUntil(): number {
    const { wall, monotonic } = this.#confirmed;
    return this.sessionMs + Math.min(wall, Date.now() - (performance.now() - monotonic));
  }

  get isSure(): boolean {
    return Date.now() < this.sureUntil;
  }

  /**
   * Calls `dead` when the consumer has been silent for a minute although the cluster answers (`ask`). kafkajs has then given up without a word, and only a new process
   * helps. While the cluster is away, `dead` is not called. Ends with `clearInterval`.
   */
  watch(ask: () => Promise<unknown>, dead: (error: Error) => void, lookEveryMs = LOOK_EVERY_MS): NodeJS.Timeout {
    let silent = 0;
    let seen = this.#confirmed;
    return setInterval(() => {
      if (seen !== this.#confirmed) {
        seen = this.#confirmed;
        silent = 0;
        return;
      }
      ask().then(
        () => {
          silent += 1;
          if (silent === DEAD_AFTER_LOOKS) dead(new Error(`Kafka answers, but the group has not heard of this member for ${(silent * lookEveryMs) / 1_000} s`));
        },
        () => undefined,
      );
    }, lookEveryMs);
  }
}

/** For `watch`: rejects while the cluster is away, or refuses the group. A new process would not have the right either. */
export async function mayBelong(admin: Pick<Admin, 'describeCluster'>, groupId: string): Promise<void> {
  await admin.describeCluster();
  if (isStanding('join', groupId)) throw new Error(`the group ${groupId} cannot be joined`);
}

/** Ends the process, since its consumer has failed for good, so that a supervisor starts the service again. */
export function leaveProcess(error: Error): void {
  new Logger('Kafka').fatal(`the consumer has died: ${error.message}`);
  process.exit(1);
}
