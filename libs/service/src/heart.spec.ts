import { expect, it } from '@jest/globals';
import { Pulse } from '@nuncio/contracts';
import { KafkaFaults } from '@nuncio/kafka';
import { Heart, type HeartPorts } from './heart.js';
import { UsedKeys } from './used-keys.js';

const gauges = { inFlight: 0, queued: 0, held: 0, oldestUnfinishedSeconds: 0, watermarkSpan: 0 };

function heartOf(ports: Partial<HeartPorts> = {}) {
  const told: Pulse[] = [];
  const sendJson: HeartPorts['producer']['sendJson'] = (_topic, _key, value) => Promise.resolve(void told.push(Pulse.parse(value)));
  return { told, heart: new Heart('dispatcher', { producer: { sendJson }, ...ports }) };
}

it('sends a change at once, and an unchanged pulse every second time', async () => {
  let inFlight = 0;
  const { heart, told } = heartOf({ vitals: { vitals: () => ({ gauges: { ...gauges, inFlight }, lanes: [], lanesLeftOut: 0 }) } });
  await heart.beat();
  await heart.beat();
  expect(told).toHaveLength(1);
  await heart.beat();
  expect(told).toHaveLength(2);
  inFlight = 3;
  await heart.beat();
  expect(told.map((pulse) => pulse.gauges?.inFlight)).toEqual([0, 0, 3]);
  expect(told[0]).toMatchObject({ service: 'dispatcher', version: expect.any(String), ready: true, faults: [], isLeaving: false });
});

it('says why it is not ready, also if that cannot be found out', async () => {
  const readiness = { faults: ['Redis does not answer'], ready: (): string[] => readiness.faults };
  const { heart, told } = heartOf({ readiness });
  await heart.beat();
  readiness.ready = () => {
    throw new Error('no idea');
  };
  await heart.beat();
  expect(told.map(({ ready, faults }) => ({ ready, faults }))).toEqual([
    { ready: false, faults: ['Redis does not answer'] },
    { ready: false, faults: ['Error: no idea'] },
  ]);
});

it('is ready and says what Kafka refuses, if its API works without it', async () => {
  const faults = new KafkaFaults();
  faults.meet('read', 'nuncio.config.state', 'denied');
  const [sentence] = faults.sentences;
  const missing: string[] = [];
  const { heart, told } = heartOf({ readiness: { ready: () => missing } });
  await heart.beat();
  missing.push(...faults.sentences);
  await heart.beat();
  faults.clear();
  expect(told.map(({ ready, faults: named }) => ({ ready, named }))).toEqual([true, false].map((ready) => ({ ready, named: [sentence] })));
});

it('says that it stops, and nothing afterwards', async () => {
  const { heart, told } = heartOf();
  // The process is told to stop while its readiness is being checked.
  void heart.beat();
  heart.onModuleDestroy();
  await heart.beat();
  expect(told).toMatchObject([{ isLeaving: true }]);
});

it('continues if a pulse is not sent', async () => {
  let tries = 0;
  const { heart } = heartOf({ producer: { sendJson: () => Promise.reject(new Error(`no broker: ${++tries}`)) } });
  for (let n = 0; n < 3; n++) await heart.beat();
  heart.onModuleDestroy();
  expect(tries).toBe(3);
});

it('reports used API keys at once, and then once a minute', async () => {
  const usedKeys = new UsedKeys();
  const { heart, told } = heartOf({ usedKeys });
  const keysTold = (): string[][] => told.flatMap(({ keysUsed }) => (keysUsed ? [keysUsed] : []));
  await heart.beat();
  usedKeys.add('key_1');
  await heart.beat();
  expect(keysTold()).toEqual([['key_1']]);
  usedKeys.add('key_2');
  for (let looks = 0; looks < 12; looks++) await heart.beat();
  expect(keysTold()).toHaveLength(1);
  await heart.beat();
  expect(keysTold()).toEqual([['key_1'], ['key_2']]);
  usedKeys.add('key_3');
  heart.onModuleDestroy();
  expect(told.at(-1)).toMatchObject({ isLeaving: true, keysUsed: ['key_3'] });
});

it('reports used keys again if the pulse was not sent', async () => {
  const usedKeys = new UsedKeys();
  usedKeys.add('key_1');
  const { heart } = heartOf({ usedKeys, producer: { sendJson: () => Promise.reject(new Error('no broker')) } });
  await heart.beat();
  expect(usedKeys.take()).toEqual(['key_1']);
});
