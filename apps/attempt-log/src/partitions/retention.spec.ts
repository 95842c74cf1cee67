import { expect, it } from '@jest/globals';
import { daysOf, Retention } from './retention.js';

type View = ConstructorParameters<typeof Retention>[1];

it('keeps the log at least as long as the longest schedule, also of a later configuration: the last failure of the standard schedule was not recorded', () => {
  const callback = (delaysSeconds: readonly number[]) => ({ kind: 'callback', state: { retry: { delaysSeconds, jitter: 0.1 } } });
  const listeners: ((record: unknown) => void)[] = [];
  const view = { all: () => [callback([60]), callback([86_400, 86_400])], onChange: (listener: (record: unknown) => void) => listeners.push(listener) };
  const retention = new Retention(1, view as unknown as View);
  expect(retention.days).toBe(4);
  for (const listener of listeners) listener(callback([1_209_600]));
  expect(retention.days).toBe(17);
  expect(new Retention(30, view as unknown as View).days).toBe(30);
  expect(daysOf({ delaysSeconds: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400], jitter: 0.1 })).toBe(5);
});
