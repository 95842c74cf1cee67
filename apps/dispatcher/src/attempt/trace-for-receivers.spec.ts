import { describe, expect, it } from '@jest/globals';
import { traceIdOf } from '@nuncio/contracts';
import { traceForReceivers } from './trace-for-receivers.js';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';

describe('what a receiver gets of a trace', () => {
  it('is nothing, or the trace itself, where the setting says so', () => {
    expect(traceForReceivers('none')?.(`${TRACE}-01`)).toBeUndefined();
    expect(traceForReceivers('continue')?.(`${TRACE}-01`)).toBe(`${TRACE}-01`);
  });

  it.each([
    ['00', '02'],
    ['01', '03'],
    ['03', '03'],
    ['fd', '03'],
    ['fe', '02'],
  ])('is a new one each time, which is sampled as the old one: flags %s become %s', (flags, newFlags) => {
    const traceFor = traceForReceivers('new');
    const traces = [traceFor?.(`${TRACE}-${flags}`) ?? '', traceFor?.(`${TRACE}-${flags}`) ?? ''];
    for (const trace of traces) expect(trace).toMatch(new RegExp(`^00-[0-9a-f]{32}-[0-9a-f]{16}-${newFlags}$`));
    expect(new Set([TRACE, ...traces].map(traceIdOf)).size).toBe(3);
  });
});
