import { expect, it } from '@jest/globals';
import { BrokerClock } from './broker-clock.js';

it.each([
  ['an hour behind', -3_600_000],
  ['an hour ahead', 3_600_000],
])('knows of a broker whose clock is %s, to within what an acknowledgement takes', (_, aheadMs) => {
  const clock = new BrokerClock();
  const aheadOf = (): number => clock.now - Date.now();
  clock.heard(10_000_000 + aheadMs, 9_999_990, 10_000_010);
  expect(Math.abs(aheadOf() - aheadMs)).toBeLessThanOrEqual(12);
  // The acknowledgement fits the clock, or says nothing.
  clock.heard(20_000_000 + aheadMs, 19_990_000, 20_010_000);
  clock.heard(-1, 0, 0);
  expect(Math.abs(aheadOf() - aheadMs)).toBeLessThanOrEqual(12);
  // The process's clock was corrected.
  clock.heard(30_000_000, 29_999_995, 30_000_005);
  expect(Math.abs(aheadOf())).toBeLessThanOrEqual(7);
});

it('takes our clock for right as long as it can be', () => {
  const clock = new BrokerClock();
  clock.heard(1_000, 995, 1_005);
  expect(clock.now - Date.now()).toBeGreaterThanOrEqual(-1);
  expect(clock.now - Date.now()).toBeLessThanOrEqual(1);
});
