import { expect, it } from '@jest/globals';
import type { Given } from './filter.js';
import { attemptFilters, deliveryFilters, eventFilters } from './filters.js';
import { attemptLeads, deliveryLeads, eachOf, eventLeads, leading } from './lead.js';

const deliveries = (query: Given<typeof deliveryFilters>): string[] => leading(deliveryLeads, deliveryFilters, query, String);
const attempts = (query: Given<typeof attemptFilters>): string[] => leading(attemptLeads, attemptFilters, query, String);

it('chooses the one value that leaves the fewest rows, and the time', () => {
  expect(deliveries({})).toEqual([]);
  expect(deliveries({ tenant: ['acme'], callback: ['cb_1'], since: '2026-01-31T12:00:00Z' })).toEqual([
    'callback = cb_1',
    'event_at >= 2026-01-31T12:00:00Z::timestamptz',
  ]);
  expect(deliveries({ tenant: ['acme'], subscription: ['sub_1'] })).toEqual(['tenant = acme']);
  expect(deliveries({ application: ['app_1'], responseStatus: ['5xx'] })).toEqual([]);
  expect(leading(eventLeads, eventFilters, { ceId: ['n-1'], tenant: ['acme'] }, String)).toEqual([expect.stringMatching(/^hashtextextended\(e\.ce_id, 0\) = .*\(n-1::text\[\]\).* AND e\.ce_id = n-1$/)]);
});

it('chooses the failures if only those are asked for', () => {
  expect(deliveries({ callback: ['cb_1'], status: ['failed', 'expired'] })).toEqual(['callback = cb_1', deliveryLeads.troubled]);
  expect(deliveries({ errorClass: ['dns'] })).toEqual([deliveryLeads.troubled]);
  expect(deliveries({ status: ['failed', 'delivered'] })).toEqual([]);
  expect(attempts({ status: ['failed'] })).toEqual([attemptLeads.troubled]);
  expect(deliveries({ status: ['!delivered'] })).toEqual([deliveryLeads.troubled]);
  expect(deliveries({ status: ['!failed'] })).toEqual([]);
  expect(deliveries({ errorClass: ['!dns'] })).toEqual([]);
});

it('chooses ids, however many, since each has one row; and what somebody asked for, since it is rare', () => {
  expect(deliveries({ id: ['dlv_1', 'dlv_2'], callback: ['cb_1'] })[0]).toBe('id = ANY(dlv_1,dlv_2::text[])');
  expect(eachOf(deliveryLeads, { id: ['dlv_1'], callback: ['cb_1', 'cb_2'] })).toBeUndefined();
  expect(attempts({ operation: ['op_1'], requestedBy: ['key_1'], callback: ['cb_1'] })).toEqual(['operation = op_1']);
  expect(deliveries({ reason: ['no-token'] })).toEqual([deliveryLeads.troubled]);
  expect(attempts({ reason: ['retry'] })).toEqual([]);
});

it('chooses the deliveries of an event for its attempts', () => {
  expect(attempts({ event: ['evt_1'], tenant: ['acme'] })[0]).toContain('SELECT d.id FROM log.deliveries d');
});

it('reads the index once for each of several callbacks, unless there are many or an event says more', () => {
  const several = { tenant: ['acme'], callback: ['cb_1', 'cb_2'] };
  expect([deliveries(several), eachOf(deliveryLeads, several)]).toEqual([[], several.callback]);
  expect(eachOf(deliveryLeads, { ...several, event: ['evt_1'] })).toBeUndefined();
  expect(eachOf(deliveryLeads, { callback: ['cb_1'] })).toBeUndefined();
  // A callback that is named twice would be found twice.
  expect(eachOf(deliveryLeads, { callback: ['cb_1', 'cb_2', 'cb_1'] })).toEqual(['cb_1', 'cb_2']);
  const many = { tenant: ['acme'], callback: Array.from({ length: 11 }, (_, n) => `cb_${n}`) };
  expect([deliveries(many), eachOf(deliveryLeads, many)]).toEqual([['tenant = acme'], undefined]);
});

it('finds nothing if no value is left', () => {
  expect(deliveries({ tenant: [], callback: ['cb_1'] })).toEqual(['false']);
});
