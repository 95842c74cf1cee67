import { expect, it } from '@jest/globals';
import { selectionInWords } from './selection.js';

it.each([
  [{}, ''],
  [{ status: ['failed', 'expired'], tenant: ['globex'] }, 'failed or expired, tenant globex'],
  [{ callback: ['cb_1'], since: '2026-03-04T00:00:00Z' }, 'since 2026-03-04T00:00:00Z'],
  [{ events: { eventType: ['invoice.paid'] }, subscription: 'sub_1' }, 'events (invoice.paid), subscription sub_1'],
])('says what %j selects', (selection, words) => {
  expect(selectionInWords(selection)).toBe(words);
});
