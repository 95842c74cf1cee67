import { expect, it } from '@jest/globals';
import { dayOf, dayOfPartition, partitionName, startOf } from './day.js';

it('names a partition by its day in UTC, and reads the day back from the name', () => {
  const day = dayOf(Date.parse('2026-02-28T23:59:59.999Z'));
  expect(partitionName('attempts', day)).toBe('attempts_20260228');
  expect(startOf(day + 1)).toBe('2026-03-01T00:00:00.000Z');
  expect(dayOfPartition('attempts', 'attempts_20260228')).toBe(day);
});

it('takes no other table for a partition', () => {
  for (const name of ['attempts', 'attempts_old', 'deliveries_20260228', 'attempts_20260228_copy']) expect(dayOfPartition('attempts', name)).toBeNull();
});
