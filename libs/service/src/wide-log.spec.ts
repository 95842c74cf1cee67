import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { VERSION } from './version.js';
import { WideLog } from './wide-log.js';

describe('a wide log', () => {
  let written: string[];
  beforeEach(() => {
    jest.useFakeTimers();
    written = [];
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const logAt = (level: 'log' | 'warn'): WideLog => new WideLog({ service: 'dispatcher', context: 'Attempt' }, level, (lines) => written.push(lines));

  it('writes lines in the usual format, several at a time', () => {
    const log = logAt('log');
    log.line(1, 'delivered', () => ({ number: 1, text: 'a "quoted"\nline' }));
    log.line(2, 'failed', () => ({ number: 2 }));
    expect(written).toEqual([]);
    jest.advanceTimersByTime(100);
    expect(written).toHaveLength(1);
    expect(written[0]?.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
      { level: 'log', pid: process.pid, service: 'dispatcher', version: VERSION, context: 'Attempt', timestamp: '1970-01-01T00:00:00.001Z', message: 'delivered', params: { number: 1, text: 'a "quoted"\nline' } },
      { level: 'log', pid: process.pid, service: 'dispatcher', version: VERSION, context: 'Attempt', timestamp: '1970-01-01T00:00:00.002Z', message: 'failed', params: { number: 2 } },
    ]);
  });

  it('does not wait once it has 64 KiB', () => {
    const log = logAt('log');
    for (let n = 0; n < 100; n++) log.line(n, 'delivered', () => ({ text: 'x'.repeat(1_000) }));
    expect(written).toHaveLength(1);
    log.flush();
    expect(written.join('').trimEnd().split('\n')).toHaveLength(100);
  });

  it('does not build a line that the level leaves out', () => {
    const params = jest.fn(() => ({}));
    const log = logAt('warn');
    log.line(1, 'delivered', params);
    log.flush();
    expect([params.mock.calls, written]).toEqual([[], []]);
  });
});
