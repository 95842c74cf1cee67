import { expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { BatchProducer, InboundRecord } from '@nuncio/kafka';
import { settle } from './settle.js';

Logger.overrideLogger(false);

it('puts away what cannot be handled as soon as quarantine takes it: a record that was refused once held up its partition until a restart', async () => {
  let tries = 0;
  const send = (): Promise<void> => (++tries === 1 ? Promise.reject(new Error('MESSAGE_TOO_LARGE')) : Promise.resolve());
  const { promise, resolve } = Promise.withResolvers<string>();
  const record = { topic: 'nuncio.events', partition: 0, offset: '1', key: null, value: null, headers: {}, timestamp: 0, done: () => { resolve('done'); }, abandon: () => { resolve('abandoned'); } };
  const { signal } = new AbortController();
  settle(record as unknown as InboundRecord, { producer: { send } as unknown as BatchProducer, signal, lost: signal }, () => Promise.reject(new Error('a fault of ours')));
  expect([await promise, tries]).toEqual(['done', 2]);
});
