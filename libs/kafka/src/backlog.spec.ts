import { expect, it, jest } from '@jest/globals';
import { Backlog } from './backlog.js';

it('counts a flow as here for a moment after its last record: between two events of it, each partition gave its handler 500 of a burst', () => {
  jest.useFakeTimers();
  try {
    const backlog = new Backlog();
    const [burst, other] = [backlog.flow('burst'), backlog.flow('other')];
    for (const flow of [burst, other]) backlog.read(flow, 1);
    backlog.drop(other, 1);
    expect(backlog.isShared).toBe(true);
    jest.advanceTimersByTime(999);
    expect(backlog.isShared).toBe(true);
    jest.advanceTimersByTime(1);
    expect(backlog.isShared).toBe(false);
  } finally {
    jest.useRealTimers();
  }
});

it('is never shared by one flow', () => {
  const backlog = new Backlog();
  for (let n = 0; n < 3; n++) {
    const flow = backlog.flow('');
    backlog.read(flow, 1);
    backlog.drop(flow, 1);
    expect(backlog.isShared).toBe(false);
  }
});
