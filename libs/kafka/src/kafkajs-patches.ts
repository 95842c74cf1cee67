import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/**
 * Two mends of kafkajs 2.2.4, whose last release was in February 2023 (docs/adr/0003). Importing this file applies them.
 *
 * 1. The request queue re-arms a timer although nothing is pending, each millisecond and for ever, and with negative delays (tulios/kafkajs#1556, #1751).
 */
const { scheduleCheckPendingRequests } = RequestQueue.prototype;
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
  if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
};

/** What an assigner of ours may carry: awaited before its consumer joins a group, again and again. */
export interface JoinHook {
  beforeJoin?: () => Promise<void>;
}

/** 2. There is no moment between "a rebalance has begun" and "joined again" at which to finish what is on the wire and commit it (tulios/kafkajs#638). */
const { joinAndSync } = ConsumerGroup.prototype;
ConsumerGroup.prototype.joinAndSync = async function (this: ConsumerGroup) {
  for (const assigner of this.assigners) await assigner.beforeJoin?.();
  return joinAndSync.call(this);
};
