import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import Runner from 'kafkajs/src/consumer/runner.js';
import { mendBrokerPools } from './kafkajs-broker-pool.js';
import { mendClocks } from './kafkajs-clock.js';
import { mendConfigs } from './kafkajs-configs.js';
import { mendConnections } from './kafkajs-connection.js';
import { mendGroups } from './kafkajs-coordinator.js';
import { mendConsumers } from './kafkajs-metadata.js';
import { mendOutOfRange } from './kafkajs-out-of-range.js';
import { mendProduceRequests } from './kafkajs-produce.js';
import { mendProducers } from './kafkajs-producer.js';
import { mendThrottles } from './kafkajs-throttle.js';
import { mendAssignments } from './kafkajs-unreadable.js';
import { mendWaits } from './kafkajs-waiting.js';

/**
 * Repairs of kafkajs 2.2.4, whose last release was in February 2023 (docs/adr/0003). Importing this file applies them. Those of connections, broker pools and groups
 * come first, so that what follows wraps them.
 *
 * 1. Timeouts and pauses are measured by the wall clock, and a timer runs for ever although nothing is pending: see there.
 */
mendConnections();
mendBrokerPools();
mendGroups();
mendClocks();

/** A hook that our assigner may carry: awaited before its consumer joins a group, each time. */
export interface JoinHook {
  beforeJoin?: () => Promise<void>;
}

/** 2. There is no moment between "a rebalance has begun" and "joined again" at which to finish what is on the wire and commit it (tulios/kafkajs#638). */
const { joinAndSync } = ConsumerGroup.prototype;
ConsumerGroup.prototype.joinAndSync = async function (this: ConsumerGroup) {
  for (const assigner of this.assigners) await assigner.beforeJoin?.();
  return joinAndSync.call(this);
};

/**
 * 3. A consumer whose last connection has closed knows no broker any more, and crashes: a new member then waits for the end of its session. With this, it asks
 * the brokers that it knew.
 */
const { getNodeIds } = ConsumerGroup.prototype;
ConsumerGroup.prototype.getNodeIds = function (this: ConsumerGroup) {
  const ids = getNodeIds.call(this);
  if (ids.length > 0) this.knownNodeIds = ids;
  return this.knownNodeIds ?? [];
};

/**
 * 4. A failed commit is repeated with the state of that time, as often as the consumer is patient, and counts as made if the consumer does not run.
 * With this, it is tried once: the next commit says more.
 */
Runner.prototype.commitOffsets = async function (this: Runner, offsets) {
  if (!this.running) throw new Error('the consumer is not running');
  await this.consumerGroup.commitOffsets(offsets);
};

/** 5. A fetch may wait no longer than until the next heartbeat: see there. */
mendWaits();

/** 6. A send may resolve although nothing was sent: see there. */
mendProducers();

/** 7. One partition without a leader, or one topic that cannot be read, stops all others: see there. */
mendConsumers();
mendAssignments();

/** 8. A change of one setting of a topic resets all others: see there. */
mendConfigs();

/** 9. A produce request costs too much to write: see there. */
mendProduceRequests();

/** 10. A place that its partition does not have any more is committed as an offset that is none: see there. */
mendOutOfRange();

/** 11. Nobody hears that a broker asks for a pause, and the end of a connection waits for the end of the pause: see there. */
mendThrottles();
