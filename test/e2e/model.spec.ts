import { expect, it } from '@jest/globals';
import { sharedFleet } from '../fleet/fleet.js';
import { walk } from '../model/walk.js';

it('agrees with the model, whatever is done with event types, applications, credentials, callbacks and subscriptions with filters, in any order', async () => {
  const { steps, statuses } = await walk(sharedFleet(), 7, 250);
  expect(steps).toBe(250);
  // The walk must meet every kind of answer, or it proves little.
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '201', '204', '403', '404', '409', '412']));
});
