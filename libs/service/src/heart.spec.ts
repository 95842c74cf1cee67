import { expect, it } from '@jest/globals';
import { Pulse } from '@nuncio/contracts';
import { Heart, type HeartPorts } from './heart.js';

const gauges = { inFlight: 0, queued: 0, held: 0, oldestUnfinishedSeconds: 0, watermarkSpan: 0 };

function heartOf(ports: Partial<HeartPorts> = {}) {
  const told: Pulse[] = [];
  const sendJson: HeartPorts['producer']['sendJson'] = (_topic, _key, value) => Promise.resolve(void told.push(Pulse.parse(value)));
  return { told, heart: new Heart('dispatcher', { producer: { sendJson }, ...ports }) };
}

it('tells what has changed at once, and what has not every second time', async () => {
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

it('says why it is not ready, also where that cannot be found out', async () => {
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

it('says that it leaves, and nothing after that', async () => {
  const { heart, told } = heartOf();
  // Asked whether it is ready when it is told to leave.
  void heart.beat();
  heart.onModuleDestroy();
  await heart.beat();
  expect(told).toMatchObject([{ isLeaving: true }]);
});

it('goes on where what it tells does not get through', async () => {
  let tries = 0;
  const { heart } = heartOf({ producer: { sendJson: () => Promise.reject(new Error(`no broker: ${++tries}`)) } });
  for (let n = 0; n < 3; n++) await heart.beat();
  heart.onModuleDestroy();
  expect(tries).toBe(3);
});
