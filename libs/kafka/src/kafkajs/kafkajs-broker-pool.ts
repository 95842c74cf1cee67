import { setTimeout as pause } from 'node:timers/promises';
import BrokerPool from 'kafkajs/src/cluster/brokerPool.js';
import { isDisconnected } from '../connection/broker-error.js';
import { isDenied } from '../connection/kafka-faults.js';

const AGAIN_AFTER_MS = 200;
/** More than a cluster has brokers that close their connections one after another. */
const TRIES = 20;

/** Repairs of how kafkajs asks any broker of a cluster. They matter when brokers go away. */
export function mendBrokerPools(): void {
  const { withBroker, refreshMetadata } = BrokerPool.prototype;

  /**
   * If no broker answers, kafkajs drops their errors. It takes a refused right for a coordinator that is not there yet, and tries for ever. It takes lost connections for a
   * coordinator that does not exist, and ends the consumer. With this, the caller gets the error of the last broker, or a refusal if there was one.
   */
  BrokerPool.prototype.withBroker = async function <T>(this: BrokerPool, ask: (one: unknown) => Promise<T>): Promise<T | null> {
    const errors: unknown[] = [];
    const heard = (one: unknown): Promise<T> =>
      ask(one).catch((error: unknown) => {
        errors.push(error);
        throw error;
      });
    const answer = (await withBroker.call(this, heard)) as T | null;
    if (answer === null && errors.length > 0) throw errors.find(isDenied) ?? errors.at(-1);
    return answer;
  };

  /** kafkajs does not try again when it loses the connection to the broker that it asks. A consumer that was about to subscribe did not start, and its process ended. */
  BrokerPool.prototype.refreshMetadata = async function (this: BrokerPool, topics) {
    for (let tries = 1; ; tries++)
      try {
        await refreshMetadata.call(this, topics);
        return;
      } catch (error) {
        if (!isDisconnected(error) || tries === TRIES) throw error;
        await pause(AGAIN_AFTER_MS);
      }
  };
}
