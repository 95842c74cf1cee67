import { expect, it } from '@jest/globals';
import type Cluster from 'kafkajs/src/cluster/index.js';
import { BrokerClock } from './broker-clock.js';
import { BrokerWriter } from './broker-writer.js';
import { PartitionQueue } from './partition-queue.js';
import { RequestLimit } from './request-limit.js';

const MEBIBYTE = 1_048_576;
const writer = (): BrokerWriter => new BrokerWriter({ brokerPool: { metadata: null } } as unknown as Cluster, MEBIBYTE, new BrokerClock(), new RequestLimit());

/** A queue of a partition that broker 1 leads, with records of these sizes. */
function queue(partition: number, ...sizes: number[]): [PartitionQueue, number] {
  const queue = new PartitionQueue('nuncio.attempts', partition);
  for (const bytes of sizes) queue.push({ topic: 'nuncio.attempts', message: { key: null, value: null }, bytes, signal: undefined, resolve: () => undefined, reject: () => undefined });
  return [queue, 1];
}

it('takes 2,000 records at a time: where an acknowledgement took half a second, 500 of them were a thousand a second', () => {
  const queues = Array.from({ length: 12 }, (_, partition) => queue(partition, ...Array<number>(200).fill(1_000)));
  const [batches] = writer().requests(queues).values();
  expect([...(batches?.values() ?? [])].flat()).toHaveLength(2_000);
});

it('takes no more for one partition than the topic allows, and a record that is larger than anything by itself', () => {
  const [first, second] = [queue(0, MEBIBYTE / 2, MEBIBYTE / 2, 1), queue(1, 9 * MEBIBYTE, 1)];
  const [batches] = writer().requests([first, second]).values();
  expect([...(batches?.values() ?? [])].map((batch) => batch.map(({ bytes }) => bytes))).toEqual([[MEBIBYTE / 2, MEBIBYTE / 2], [9 * MEBIBYTE]]);
});
