import { describe, expect, it } from '@jest/globals';
import { fieldChanges } from './field-changes.js';

const callback = { id: 'cb_1', name: 'ledger', disabledReason: null, retry: { policy: 'standard', delaysSeconds: [1, 2] }, secretHeaders: { 'X-Gate': '<redacted>' }, ownSettings: {}, version: 1, updatedAt: 'then' };

describe('a change', () => {
  it('has each field that differs by its path, before and after, and none that follows from others', () => {
    const after = { ...callback, disabledReason: 'by-hand', retry: { policy: 'standard', delaysSeconds: [5] }, ownSettings: { retry: {} }, version: 2, updatedAt: 'now' };
    expect(fieldChanges(callback, after, { settings: {} })).toEqual([
      { what: 'disabledReason', before: null, after: 'by-hand' },
      { what: 'retry.delaysSeconds', before: '[1,2]', after: '[5]' },
    ]);
  });

  it('names a secret that was replaced, although both states show the same', () => {
    expect(fieldChanges(callback, callback, { secrets: [{ secret: '<redacted>' }], secretHeaders: { 'X-Gate': '<redacted>' } })).toEqual([
      { what: 'secrets', before: '<redacted>', after: '<redacted>' },
      { what: 'secretHeaders', before: '<redacted>', after: '<redacted>' },
    ]);
  });

  it('has all fields of what was made or deleted, a secret header once', () => {
    const { name, secretHeaders } = callback;
    expect(fieldChanges(null, { name, secretHeaders }, { name, secretHeaders, clientSecret: '<redacted>' })).toEqual([
      { what: 'name', before: null, after: 'ledger' },
      { what: 'secretHeaders.X-Gate', before: null, after: '<redacted>' },
      { what: 'clientSecret', before: null, after: '<redacted>' },
    ]);
    expect(fieldChanges({ name }, null, {})).toEqual([{ what: 'name', before: 'ledger', after: null }]);
  });
});
