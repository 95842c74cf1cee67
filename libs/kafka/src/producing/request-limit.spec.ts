import { expect, it } from '@jest/globals';
import { RequestLimit } from './request-limit.js';

it('comes to what a broker takes that says nothing: the same four megabytes were sent again for ever', () => {
  const taken = 1_200_000;
  const limit = new RequestLimit();
  let refused = 0;
  for (let n = 0; n < 100; n++) {
    const sent = limit.bytes;
    if (sent <= taken) limit.answered(sent);
    else {
      limit.closed(sent);
      refused += 1;
    }
  }
  expect(refused).toBeLessThan(20);
});

it('stays as it is for small requests, and is the largest again soon after a broker was away', () => {
  const limit = new RequestLimit();
  const most = limit.bytes;
  for (let n = 0; n < 100; n++) limit.closed(1_000);
  expect(limit.bytes).toBe(most);
  for (let n = 0; n < 100; n++) limit.closed(limit.bytes);
  for (let n = 0; n < 30; n++) limit.answered(limit.bytes);
  expect(limit.bytes).toBe(most);
});
