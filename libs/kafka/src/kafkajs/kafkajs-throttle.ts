import { channel } from 'node:diagnostics_channel';
import { Logger } from '@nestjs/common';
import Connection from 'kafkajs/src/network/connection.js';
import { saidBefore } from '../connection/said-before.js';

/** A shorter pause is not worth a line in the log. */
const WORTH_SAYING_MS = 100;
const REMIND_AFTER_MS = 600_000;

/** A broker asked this process to pause, since it has used up a quota (KIP-219). */
export interface Throttle {
  /** The kind of request that used it up, such as `Produce` or `Fetch`. */
  readonly request: string;
  readonly pauseMs: number;
}

/** Counters of `Throttle`s subscribe to this channel. */
export const throttles = channel('nuncio:throttles');

/** What is to be changed if a kind of request is throttled. The request quota may throttle any of them. */
const QUOTAS: Partial<Record<string, string>> = { Produce: 'producer_byte_rate or request_percentage', Fetch: 'consumer_byte_rate or request_percentage', CreateTopics: 'controller_mutation_rate' };

/**
 * The eleventh repair of kafkajs (kafkajs-patches.ts). A connection sends nothing while its broker asks for a pause, which may take minutes. Nobody hears of it, and the end of the
 * connection waits for it. Here it is counted and logged, and requests that were not sent yet are rejected at the end.
 */
export function mendThrottles(): void {
  const { send, disconnect } = Connection.prototype;
  Connection.prototype.send = function (this: Connection, exchange) {
    const { request, response } = exchange;
    const decode = async (answer: unknown): Promise<{ clientSideThrottleTime?: number }> => {
      const decoded = await response.decode(answer);
      if (decoded.clientSideThrottleTime) tell({ request: request.apiName, pauseMs: decoded.clientSideThrottleTime });
      return decoded;
    };
    return send.call(this, { ...exchange, response: { ...response, decode } });
  };
  Connection.prototype.disconnect = function (this: Connection) {
    const { requestQueue } = this;
    if (requestQueue.throttledUntil > performance.now()) for (const request of requestQueue.pending.splice(0)) request.rejected(new Error('the connection was closed while its broker asked for a pause'));
    return disconnect.call(this);
  };
}

const isOld = saidBefore({ withinMs: REMIND_AFTER_MS });

function tell(throttle: Throttle): void {
  throttles.publish(throttle);
  const { request, pauseMs } = throttle;
  if (pauseMs < WORTH_SAYING_MS || isOld(request)) return;
  const quota = QUOTAS[request] ?? 'request_percentage';
  new Logger('Kafka').warn(`Kafka slows down this process, which has used up a quota of its user or client id (${quota}): its ${request} requests pause, this time for ${(pauseMs / 1_000).toFixed(1)} s. Nothing is lost, and everything is late (docs/kafka.md)`);
}
