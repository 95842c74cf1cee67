import { describe, expect, it } from '@jest/globals';
import { inShort } from './in-short.js';

describe('a change in short', () => {
  it('says what became of the fields, and names those that are too much for a line', () => {
    expect(inShort({ id: 'cb_1', tenant: 'acme', retry: { delaysSeconds: [1] }, name: 'ledger', groups: [], enabled: true, eventTypes: ['a', 'b'], reason: null })).toBe('name: ledger, enabled: true, eventTypes: a b, retry');
  });

  it('says that a field was emptied where nothing else was changed', () => {
    expect(inShort({ pausedUntil: null })).toBe('pausedUntil: none');
  });
});
