import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Api } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';

let fleet: Awaited<ReturnType<typeof ownFleet>>;
beforeAll(async () => {
  fleet = await ownFleet('config-log', { names: ['config-service'] });
});
afterAll(() => fleet.close());

interface Configured {
  readonly position: number;
  readonly id: string;
}

const records = async (topic: string): Promise<{ key: string; value: Configured }[]> => (await fleet.cluster.read(topic)).flatMap(({ key, value }) => (value ? [{ key: String(key), value: JSON.parse(value.toString()) as Configured }] : []));

/** Writes to both replicas until `stop`, which returns the number of acknowledged writes. */
function writers(apis: readonly Api[]): { stop: () => Promise<number> } {
  let going = true;
  const write = async (api: Api): Promise<number> => {
    let done = 0;
    // A replica that is dead or paused does not answer, so writes are tried again.
    for (; going; ) done += await api.call('POST', '/v1/event-types', { name: `t.${randomUUID()}` }).then(({ status }) => Number(status === 201), () => 0);
    return done;
  };
  const running = apis.flatMap((api) => [write(api), write(api)]);
  return {
    stop: async () => {
      going = false;
      return (await Promise.all(running)).reduce((sum, done) => sum + done, 0);
    },
  };
}

it('has no gap and is in order, whichever relay is killed, or paused and woken after its successor has published', async () => {
  const { services } = fleet;
  const second = await services.add('config-service');
  const names = ['config-service', second];
  const processOf = (name: string): { pid: number; port: number } => services.services[name] ?? { pid: 0, port: 0 };
  const writing = writers(names.map((name) => new Api(`http://127.0.0.1:${processOf(name).port}`, services.adminKey)));
  const published = async (): Promise<number> => (await records('config.log')).length;
  const goesOn = async (): Promise<void> => {
    const before = await published();
    await eventually(async () => {
      expect(await published()).toBeGreaterThan(before + 5);
    });
  };

  for (const name of names) {
    // One of the two is the relay. Each in turn is paused for longer than the lease, and the other takes over.
    const { pid } = processOf(name);
    process.kill(pid, 'SIGSTOP');
    await goesOn();
    process.kill(pid, 'SIGCONT');
  }
  for (const name of names) {
    await services.kill(name);
    await goesOn();
    await services.ready(name);
  }
  const acknowledged = await writing.stop();

  await eventually(async () => {
    const log = await records('config.log');
    expect(log.length).toBeGreaterThanOrEqual(acknowledged);
    expect(log.map(({ value }) => value.position)).toEqual(log.map((_, n) => n + 1));
    const states = (await records('config.state')).map(({ value }) => value.position);
    expect(states).toEqual(states.toSorted((a, b) => a - b));
    expect(states.at(-1)).toBe(log.length);
  });
});
