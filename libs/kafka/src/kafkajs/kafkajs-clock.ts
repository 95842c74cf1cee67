import BrokerPool from 'kafkajs/src/cluster/brokerPool.js';
import Connection from 'kafkajs/src/network/connection.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import SocketRequest from 'kafkajs/src/network/requestQueue/socketRequest.js';

/** How soon to look again for room where too many requests are under way. */
const ROOM_MS = 10;

/**
 * kafkajs measures durations by the wall clock. If that is put forward, every request under way has timed out. If it is put back, no request times out, and a
 * broker that asked for a pause is sent nothing, until the clock is as late again. Here durations are measured by the monotonic clock.
 *
 * kafkajs also gives up an answer that is still arriving. Over a slow network it would ask for a large answer again and again, and never have it. A broker answers the requests of a
 * connection one after another, so here a request has timed out when nothing at all has come for as long.
 */
export function mendClocks(): void {
  const { send } = SocketRequest.prototype;
  SocketRequest.prototype.send = function (this: SocketRequest) {
    this.sentAtMonotonic = performance.now();
    send.call(this);
  };

  const { processData } = Connection.prototype;
  Connection.prototype.processData = function (this: Connection, data) {
    this.requestQueue.heardAt = performance.now();
    processData.call(this, data);
  };

  /** kafkajs looks for requests without an answer ten times a second on each connection, also where nothing is under way. Here a timer ends with the first that has waited too long. */
  const { destroy, sendSocketRequest } = RequestQueue.prototype;
  RequestQueue.prototype.scheduleRequestTimeoutCheck = function (this: RequestQueue) {
    this.destroy();
    watchAnswers(this);
  };
  RequestQueue.prototype.sendSocketRequest = function (this: RequestQueue, request) {
    sendSocketRequest.call(this, request);
    watchAnswers(this);
  };
  RequestQueue.prototype.destroy = function (this: RequestQueue) {
    destroy.call(this);
    this.requestTimeoutIntervalId = undefined;
  };

  // `throttledUntil` is read and written in these three alone.
  RequestQueue.prototype.maybeThrottle = function (this: RequestQueue, pauseMs) {
    if (pauseMs !== null && pauseMs > 0) this.throttledUntil = Math.max(this.throttledUntil, performance.now() + pauseMs);
  };
  RequestQueue.prototype.canSendSocketRequestImmediately = function (this: RequestQueue) {
    const isFull = this.inflight.size >= (this.maxInFlightRequests ?? Infinity);
    return !isFull && this.throttledUntil <= performance.now();
  };
  /** kafkajs arms its timer although nothing is pending, each millisecond and for ever, and with negative delays (tulios/kafkajs#1556, #1751). */
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
    const look = (): void => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    };
    this.throttleCheckTimeoutId = setTimeout(look, Math.max(ROOM_MS, this.throttledUntil - performance.now()));
  };

  /** With the clock put back, metadata would not be asked for again until then: who leads, and partitions that a topic has got. */
  const { refreshMetadataIfNecessary } = BrokerPool.prototype;
  BrokerPool.prototype.refreshMetadataIfNecessary = function (this: BrokerPool, topics) {
    if (this.metadataExpireAt !== null && this.metadataExpireAt > Date.now() + this.metadataMaxAge) this.metadataExpireAt = null;
    return refreshMetadataIfNecessary.call(this, topics);
  };
}

/** No request waits less than the queue's timeout, so a timer that is armed also ends in time for those that are sent later. */
function watchAnswers(queue: RequestQueue): void {
  if (!queue.enforceRequestTimeout || queue.requestTimeoutIntervalId || queue.inflight.size === 0) return;
  const now = performance.now();
  const dueAt = ({ sentAtMonotonic, requestTimeout }: SocketRequest): number => Math.max(sentAtMonotonic, queue.heardAt ?? 0) + requestTimeout;
  const next = Math.min(...[...queue.inflight.values()].map(dueAt), now + queue.requestTimeout);
  queue.requestTimeoutIntervalId = setTimeout(() => {
    queue.requestTimeoutIntervalId = undefined;
    const at = performance.now();
    for (const request of queue.inflight.values()) if (at >= dueAt(request)) request.timeoutRequest();
    watchAnswers(queue);
  }, Math.max(1, Math.ceil(next - now)));
}
