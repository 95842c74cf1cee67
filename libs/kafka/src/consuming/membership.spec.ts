import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Membership } from './membership.js';

const SESSION_MS = 10_000;

describe('membership of a group', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function joined() {
    const emitter = new EventEmitter();
    const events = { REQUEST: 'request', HEARTBEAT: 'heartbeat', GROUP_JOIN: 'join' };
    const on = (name: string, listener: (event: unknown) => void) => emitter.on(name, listener);
    const membership = new Membership({ on, events } as never, SESSION_MS);
    const answered = (apiName: string, sentAt: number, meaning?: string): void => {
      emitter.emit('request', { payload: { apiName, sentAt } });
      if (meaning) emitter.emit(meaning, {});
    };
    answered('SyncGroup', Date.now(), 'join');
    return { membership, answered };
  }

  it('is sure for one session after the last heartbeat that was answered', () => {
    const { membership, answered } = joined();
    jest.advanceTimersByTime(9_000);
    expect(membership.isSure).toBe(true);
    answered('Heartbeat', Date.now(), 'heartbeat');
    jest.advanceTimersByTime(9_000);
    expect(membership.isSure).toBe(true);
    jest.advanceTimersByTime(1_000);
    expect(membership.isSure).toBe(false);
  });

  it('does not believe an answer that lay unread while the process stood still: it sent what was somebody else’s', () => {
    const { membership, answered } = joined();
    const sentAt = Date.now();
    jest.setSystemTime(sentAt + 60_000);
    answered('Heartbeat', sentAt, 'heartbeat');
    expect(membership.isSure).toBe(false);
  });

  it.each([
    ['back', -3_600_000],
    ['on', 3_600_000],
  ])('is sure for a session at most when the clock is put %s by an hour: it was for an hour, beside the next owner', (_, byMs) => {
    const { membership, answered } = joined();
    jest.setSystemTime(Date.now() + byMs);
    jest.advanceTimersByTime(SESSION_MS);
    expect(membership.isSure).toBe(false);
    answered('Heartbeat', Date.now(), 'heartbeat');
    expect(membership.isSure).toBe(true);
    jest.setSystemTime(Date.now() - byMs);
    jest.advanceTimersByTime(SESSION_MS);
    expect(membership.isSure).toBe(false);
  });

  it('takes no other request, and no refused heartbeat, for a sign of life', () => {
    const { membership, answered } = joined();
    jest.advanceTimersByTime(SESSION_MS);
    answered('Fetch', Date.now());
    answered('Heartbeat', Date.now());
    expect(membership.isSure).toBe(false);
  });

  it('calls the consumer dead after a minute of silence, but neither for a pause nor for an outage', async () => {
    const { membership, answered } = joined();
    const deaths: string[] = [];
    let isAway = true;
    const watch = membership.watch(
      () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()),
      (error) => deaths.push(error.message),
    );
    await jest.advanceTimersByTimeAsync(600_000);
    isAway = false;
    await jest.advanceTimersByTimeAsync(50_000);
    answered('Heartbeat', Date.now(), 'heartbeat');
    await jest.advanceTimersByTimeAsync(65_000);
    expect(deaths).toEqual([]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(deaths).toEqual(['Kafka answers, but the group has not heard of this member for 60 s']);
    clearInterval(watch);
  });
});
