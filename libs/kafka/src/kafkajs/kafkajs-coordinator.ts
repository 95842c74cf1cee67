import { setTimeout as pause } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import Runner from 'kafkajs/src/consumer/runner.js';
import { isClosed } from '../connection/broker-error.js';
import { faultsOf, isDenied, joinRefusalOf } from '../connection/kafka-faults.js';

const AGAIN_AFTER_MS = 200;
/** More than ten minutes, as long as kafkajs retries here (kafka.ts). */
const JOIN_TRIES = 3_000;
/** How soon to try again what the cluster refuses: twice as long each time, within these limits. */
const REFUSED_MS = { first: 500, most: 5_000 } as const;
/** The key type of a group's coordinator; the other type is for transactions. */
const GROUP = 0;

/** Errors of the connection to the coordinator: the broker may be alive, or another one may coordinate its groups now. */
const UNREACHABLE = new Set(['KafkaJSConnectionError', 'KafkaJSConnectionClosedError', 'KafkaJSRequestTimeoutError', 'KafkaJSBrokerNotFound', 'KafkaJSLockTimeout']);
/** The errors of a broker that is no longer the coordinator, or not yet. */
const ELSEWHERE = new Set(['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'GROUP_LOAD_IN_PROGRESS']);
/** The errors of a broker for a partition that another broker leads now. */
const MOVED = new Set(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'FENCED_LEADER_EPOCH', 'UNKNOWN_LEADER_EPOCH']);

/** A hook on the assigner, called when brokers did not answer a fetch, or do not lead a partition of it. */
export interface MoveHook {
  onMoved?: () => void;
}

interface KafkaError {
  readonly name?: string;
  /** The error code of a broker's answer. */
  readonly type?: string;
  readonly cause?: unknown;
}

/** Whether the coordinator has moved, or is away: the group itself is not affected, and keeps its generation. */
export function hasMoved(error: unknown): boolean {
  const { name = '', type = '', cause } = (error ?? {}) as KafkaError;
  return UNREACHABLE.has(name) || ELSEWHERE.has(type) || (cause !== undefined && cause !== error && hasMoved(cause));
}

/** Repairs of kafkajs' consumer groups: their coordinator may be another broker, and they may refuse a member for a while. */
export function mendGroups(): void {
  const { heartbeat, commitOffsets, joinAndSync, recoverFromFetch } = ConsumerGroup.prototype;

  /**
   * kafkajs asks for the coordinator only when it joins. When that broker dies, heartbeats and commits go nowhere until the very same broker is back. When another broker
   * takes over, kafkajs calls that a rebalance, and everybody stops. This looks for the coordinator instead, and the member goes on in its generation, which the new
   * coordinator knows.
   */
  ConsumerGroup.prototype.heartbeat = async function (this: ConsumerGroup, options) {
    // kafkajs uses the wall clock: after it was put back, no heartbeat would be sent until then, and another member would get its partitions.
    if (this.lastRequest > Date.now()) this.lastRequest = 0;
    try {
      await heartbeat.call(this, options);
    } catch (error) {
      if (isDenied(error)) throw new JoinAgain(error);
      if (!hasMoved(error)) throw error;
      // Fetching goes on meanwhile, although nobody confirms the membership.
      void lookForCoordinator(this);
    }
  };
  ConsumerGroup.prototype.commitOffsets = async function (this: ConsumerGroup, offsets) {
    try {
      await commitOffsets.call(this, offsets);
    } catch (error) {
      if (hasMoved(error)) void lookForCoordinator(this);
      throw error;
    }
  };

  /**
   * A coordinator that is loading, or away, when a member joins makes it crash and start anew, as another member that has to wait for the session of the first. A right
   * that is missing, or a group that does not take this member, ends the consumer for good. Here all of them are waited for.
   */
  const leaving = new WeakMap<ConsumerGroup, AbortController>();
  const leavingOf = (group: ConsumerGroup): AbortController => {
    const own = leaving.get(group) ?? new AbortController();
    leaving.set(group, own);
    return own;
  };
  ConsumerGroup.prototype.joinAndSync = async function (this: ConsumerGroup) {
    const { signal } = leavingOf(this);
    const faults = faultsOf(this.cluster);
    let refusedMs: number = REFUSED_MS.first;
    for (let tries = 0; ; tries++) {
      try {
        await joinAndSync.call(this);
        faults.end('join', this.groupId);
        return;
      } catch (error) {
        const refusal = joinRefusalOf(error);
        if (refusal && !signal.aborted) faults.meet('join', this.groupId, refusal);
        if (!refusal && (!hasMoved(error) || tries >= JOIN_TRIES)) throw error;
        await pause(refusal ? refusedMs : AGAIN_AFTER_MS, undefined, { signal }).catch(() => { throw error; });
        if (refusal) refusedMs = Math.min(2 * refusedMs, REFUSED_MS.most);
      }
    }
  };
  const { stop } = Runner.prototype;
  Runner.prototype.stop = async function (this: Runner) {
    leavingOf(this.consumerGroup).abort();
    await stop.call(this);
  };

  /** kafkajs joins the group again when a partition has another leader, which stops everybody, and keeps asking a broker that does not answer. It is enough to ask who leads. */
  ConsumerGroup.prototype.recoverFromFetch = async function (this: ConsumerGroup, error) {
    if (isDenied(error)) {
      await pause(REFUSED_MS.first);
      await this.cluster.refreshMetadata();
      throw new JoinAgain(error);
    }
    const { type = '' } = error as KafkaError;
    const isElsewhere = hasMoved(error) || MOVED.has(type);
    if (isElsewhere || type === 'UNKNOWN_TOPIC_OR_PARTITION') for (const assigner of this.assigners) assigner.onMoved?.();
    if (!isElsewhere) return recoverFromFetch.call(this, error);
    if (isClosed(error)) await recoverFromFetch.call(this, error);
    await pause(AGAIN_AFTER_MS);
    await this.cluster.refreshMetadata();
  };
}

/** By this type kafkajs knows that the group has to be joined again. */
class JoinAgain extends kafkajs.KafkaJSError {
  readonly type = 'REBALANCE_IN_PROGRESS';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause : String(cause), { retriable: true });
  }
}

const looking = new WeakMap<ConsumerGroup, Promise<void>>();

function lookForCoordinator(group: ConsumerGroup): Promise<void> {
  const under = looking.get(group) ?? find(group).finally(() => looking.delete(group));
  looking.set(group, under);
  return under;
}

/** Looks once, asking every broker, since some may be away. Whoever finds it missing again calls again. */
async function find(group: ConsumerGroup): Promise<void> {
  const { cluster, groupId } = group;
  try {
    const { coordinator } = await Promise.any(
      cluster.getNodeIds().map(async (nodeId) => (await cluster.brokerPool.findBroker({ nodeId })).findGroupCoordinator({ groupId, coordinatorType: GROUP })),
    );
    const broker = await cluster.findBroker({ nodeId: coordinator.nodeId });
    group.coordinator = broker;
    if (group.offsetManager) group.offsetManager.coordinator = broker;
  } catch {
    await pause(AGAIN_AFTER_MS);
  }
}
