import { EventPattern } from '@nestjs/microservices';
import type { BatchHandler } from './record-batch.js';

/** A method that handles the batches of a topic, or of several, for one consumer group: `@OnBatch('attempts', INGEST)`. Names without the installation's prefix. */
export const OnBatch = (topics: string | readonly string[], transportId: symbol) => {
  const decorate = EventPattern(topics, transportId);
  return <H extends BatchHandler>(target: object, method: string | symbol, descriptor: TypedPropertyDescriptor<H>): void => {
    decorate(target, method, descriptor as unknown as TypedPropertyDescriptor<(data: object, ...args: unknown[]) => unknown>);
  };
};
