import { expect, it } from '@jest/globals';
import { always, Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const OPEN_FILES = 512;
const EVENTS = 20;

it("keeps sockets for others, however few there are: one tenant's hanging requests made another's deliveries fail with EMFILE", async () => {
  const fleet = await ownFleet('open-files', { openFiles: { dispatcher: OPEN_FILES } });
  const [hanging, receiver] = [await Receiver.start(), await Receiver.start()];
  try {
    const [hostile, other] = [await Tenant.create(fleet), await Tenant.create(fleet)];
    for (let n = 0; n < 4; n++) await hostile.subscribe(hanging, { timeoutMs: 30_000, limits: { concurrency: 256 } });
    await other.subscribe(receiver, {});
    hanging.answer(always('hang'));
    await hostile.publish(Array.from({ length: OPEN_FILES }, () => ({ payload: '{}' })));
    // As many as the limit allows; the others wait.
    await eventually(() => {
      expect(hanging.requests.length).toBeGreaterThan(50);
    });
    const ids = await other.publish(Array.from({ length: EVENTS }, () => ({ payload: '{}' })));
    await eventually(() => {
      expect(receiver.requests.length).toBeGreaterThanOrEqual(ids.length);
    });
    await eventually(async () => {
      expect((await other.attempts()).map(({ error }) => error)).toEqual(ids.map(() => null));
    });
    const metrics = await (await fetch(`http://127.0.0.1:${fleet.services.services.dispatcher?.port ?? 0}/metrics`)).text();
    expect(metrics.match(/^nuncio_own_failures_total\{.*\} [1-9].*$/gm)).toBeNull();
  } finally {
    await Promise.all([hanging.close(), receiver.close()]);
    await fleet.close();
  }
});
