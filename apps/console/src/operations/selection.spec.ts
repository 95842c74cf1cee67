import { expect, it } from '@jest/globals';
import { selectionInWords } from './selection.js';

it.each([
  [{}, ''],
  [{ of: 'deliveries', filters: { status: ['failed', 'expired'], tenant: ['globex'] } }, 'deliveries: failed or expired, tenant globex'],
  [{ of: 'deliveries', filters: { callback: ['cb_1'], since: '2026-03-04T00:00:00Z' } }, 'deliveries: since 2026-03-04T00:00:00Z'],
  [{ of: 'deliveries', filters: { status: ['!delivered', '!skipped'], label: { env: ['prod', 'test'] } } }, 'deliveries: not delivered and not skipped, label env prod or test'],
  [{ of: 'events', filters: { eventType: ['invoice.paid'], ext: { order: ['4711'] } }, subscription: 'sub_1' }, 'events: subscription sub_1, invoice.paid, ext order 4711'],
])('says what %j selects', (selection, words) => {
  expect(selectionInWords(selection)).toBe(words);
});
