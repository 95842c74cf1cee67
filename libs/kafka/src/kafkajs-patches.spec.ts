import { describe, expect, it } from '@jest/globals';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import './kafkajs-patches.js';

describe('the mends of kafkajs', () => {
  it('arm no timer while no request waits, and still do while one does', () => {
    const queue = (pending: unknown[]) => ({ pending, throttledUntil: -1, throttleCheckTimeoutId: null as NodeJS.Timeout | null, checkPendingRequests: () => undefined });
    const [idle, busy] = [queue([]), queue(['a request'])];
    for (const one of [idle, busy]) RequestQueue.prototype.scheduleCheckPendingRequests.call(one as never);
    expect(idle.throttleCheckTimeoutId).toBeNull();
    expect(busy.throttleCheckTimeoutId).not.toBeNull();
    clearTimeout(busy.throttleCheckTimeoutId ?? undefined);
  });

  it('wait for what is on the wire before a group is joined', async () => {
    const order: string[] = [];
    const group = {
      assigners: [{ beforeJoin: () => Promise.resolve().then(() => void order.push('quiet')) }],
      retrier: () => {
        order.push('join');
        return Promise.resolve();
      },
    };
    await ConsumerGroup.prototype.joinAndSync.call(group as never);
    expect(order).toEqual(['quiet', 'join']);
  });
});
