import { describe, expect, it } from '@jest/globals';
import { deliverySearch, sinceOf, toQuery, toSelect } from './search.js';

const NOW = Date.UTC(2026, 0, 2);

describe('the filters in the URL', () => {
  it('take what is a filter, alone or among several, and pass over the rest', () => {
    expect(deliverySearch({ status: ['failed', 'held'], responseStatus: 503, callback: '', nonsense: 'x', since: '-1h' })).toEqual({ status: ['failed', 'held'], responseStatus: ['503'], since: '-1h' });
  });

  it('know no time that is none', () => {
    expect(deliverySearch({ since: 'yesterday' })).toEqual({});
  });

  it.each([
    ['-15m', '2026-01-01T23:45:00.000Z'],
    ['-7d', '2025-12-26T00:00:00.000Z'],
    ['2026-01-01T12:00:00+01:00', '2026-01-01T11:00:00.000Z'],
    ['1767225600', '2026-01-01T00:00:00.000Z'],
    ['1767225600123', '2026-01-01T00:00:00.123Z'],
    ['1767225600123456', '2026-01-01T00:00:00.123Z'],
    ['1767225600123456789', '2026-01-01T00:00:00.123Z'],
    ['soon', null],
  ])('read %s as a moment', (text, moment) => {
    expect(sinceOf(text, NOW)).toBe(moment);
  });

  it('become a query of the API', () => {
    expect(toSelect({ status: ['!failed'], label: ['env=prod', 'env=test'], ext: ['order=4711'], until: '2026-01-01T00:00:00Z' })).toEqual({ status: ['!failed'], label: { env: ['prod', 'test'] }, ext: { order: ['4711'] }, until: '2026-01-01T00:00:00.000Z' });
    expect(toQuery({ status: ['failed'], since: '2026-01-01T00:00:00Z' })).toEqual({ status: ['failed'], since: '2026-01-01T00:00:00.000Z' });
    expect(toQuery({ q: ['a'], label: ['env=prod=1', 'env=test', 'team=a'], columns: ['State'] })).toEqual({ q: ['a'], 'label.env': ['prod=1', 'test'], 'label.team': ['a'] });
  });
});
