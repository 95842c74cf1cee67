import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Call } from './call.js';

/** How long the call ran until it was interrupted, in milliseconds. */
const elapsedAtEnd = (call: Call): Promise<number> =>
  new Promise((resolve) => {
    call.during(() => {
      resolve(call.elapsedMs);
      call.close();
    });
  });

describe('a call', () => {
  it('never ends before its time, at whatever fraction of a millisecond it began', async () => {
    const ended = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        await delay(i);
        const from = performance.now();
        while (performance.now() < from + i / 40);
        return elapsedAtEnd(new Call(20));
      }),
    );
    expect(ended.filter((ms) => ms < 20)).toEqual([]);
  });

  it("does not run while it waits for something of Nuncio's", async () => {
    const call = new Call(50);
    let ended = false;
    call.during(() => {
      ended = true;
    });
    await call.pause(delay(120));
    expect({ ended, waited: call.carriage.turnMs >= 119 }).toEqual({ ended: false, waited: true });
    call.close();
  });
});
