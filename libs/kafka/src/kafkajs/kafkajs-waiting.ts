import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import Runner from 'kafkajs/src/consumer/runner.js';
import type { ConnectedBrokers } from 'kafkajs/src/cluster/index.js';

/** Of a broker's two connections, the one that kafkajs fetches with. */
const FETCHING = 1;

/** Ends a fetch that waits for records, as if there were none. */
type End = () => Promise<void>;

const waits = new WeakMap<ConsumerGroup, Set<End>>();

/**
 * kafkajs sends heartbeats between fetches, so that no fetch may wait for records longer than until the next heartbeat. Here heartbeats go on while a fetch waits. The wait ends at
 * once if the group is joined again, the consumer stops, or another fetch fails.
 */
export function mendWaits(): void {
  const { fetch: fetchFrom, joinAndSync, getNodeIds } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.fetch = async function (this: ConsumerGroup, nodeId) {
    const ended = Promise.withResolvers<[]>();
    const end: End = async () => {
      under.delete(end);
      await hangUp(this.cluster.brokerPool.brokers, nodeId);
      ended.resolve([]);
    };
    const under = waits.get(this) ?? new Set();
    waits.set(this, under.add(end));
    // A fetch that repairs what went wrong, and may join the group for it, waits no more and is not ended.
    const recoverFromFetch = (error: unknown): Promise<void> => {
      const isOver = !under.delete(end);
      return isOver ? Promise.resolve() : this.recoverFromFetch(error);
    };
    try {
      return await Promise.race([fetchFrom.call(Object.create(this, { recoverFromFetch: { value: recoverFromFetch } }) as ConsumerGroup, nodeId), ended.promise]);
    } finally {
      under.delete(end);
    }
  };
  /** What waits does not ask for partitions that are new. */
  ConsumerGroup.prototype.joinAndSync = async function (this: ConsumerGroup) {
    await joinAndSync.call(this);
    endWaits(this);
  };
  /** kafkajs begins all fetches anew when a broker has come or gone. */
  ConsumerGroup.prototype.getNodeIds = function (this: ConsumerGroup) {
    const before = this.knownNodeIds;
    const ids = getNodeIds.call(this);
    if (before && String(before) !== String(ids)) endWaits(this);
    return ids;
  };

  const { fetch, handleBatch, stop } = Runner.prototype;
  Runner.prototype.fetch = async function (this: Runner, nodeId) {
    const group = this.consumerGroup;
    const beat = setInterval(() => {
      if (waits.get(group)?.size) this.heartbeat().catch(() => { endWaits(group); });
    }, this.heartbeatInterval);
    return orEndWaits(group, fetch.call(this, nodeId)).finally(() => { clearInterval(beat); });
  };
  Runner.prototype.handleBatch = function (this: Runner, batch) {
    return orEndWaits(this.consumerGroup, handleBatch.call(this, batch));
  };
  Runner.prototype.stop = async function (this: Runner) {
    const stopped = stop.call(this);
    endWaits(this.consumerGroup);
    await stopped;
  };
}

function endWaits(group: ConsumerGroup): void {
  for (const end of [...(waits.get(group) ?? [])]) void end();
}

/** kafkajs waits for all fetches to end when one has failed. */
async function orEndWaits<T>(group: ConsumerGroup, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    endWaits(group);
    throw error;
  }
}

/** Ends the fetch that waits at a broker. A broker answers the requests of a connection one after another: whatever comes next would wait for the end of the fetch. */
export async function hangUp(brokers: ConnectedBrokers, nodeId: number | string): Promise<void> {
  const connection = brokers[nodeId]?.connectionPool.pool[FETCHING];
  if (!connection?.isConnected() || connection.requestQueue.inflight.size + connection.requestQueue.pending.length === 0) return;
  const { socket } = connection;
  connection.rejectRequests(new Error('the wait for records is over'));
  await connection.disconnect();
  socket?.destroy();
}
