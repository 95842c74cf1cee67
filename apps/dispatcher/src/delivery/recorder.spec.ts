import { expect, it } from '@jest/globals';
import type { NuncioEvent } from '@nuncio/contracts';
import { Recorder, type About } from './recorder.js';

it('gives a fact a later time than the standing it came out of has, by a clock that is behind: in the log the former would have been the last', async () => {
  const times: unknown[] = [];
  const producer = { send: () => Promise.resolve(), sendJson: (_topic: unknown, _key: string, { at }: { at: number }) => Promise.resolve(void times.push(at)) };
  const recorder = new Recorder(producer, () => 1_000);
  const about = (hop: number): About => ({ id: 'dlv_1', event: {} as NuncioEvent, eventAt: 0, subscription: 'sub_1', of: { tenant: 'acme', application: 'app_1', callback: 'cb_1' }, hop });
  await recorder.fact(about(6_000), { fact: 'canceled', number: 1, reason: 'no token' });
  await recorder.fact(about(2), { fact: 'canceled', number: 1, reason: 'no token' });
  expect(times).toEqual([6_001, 1_000]);
});
