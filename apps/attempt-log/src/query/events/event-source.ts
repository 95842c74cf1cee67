import { parted } from '@nuncio/service';
import type { Given } from '../filters/filter.js';
import { eventFilters } from '../filters/filters.js';
import { eventLeads, keyOf, leading, isOne } from '../filters/lead.js';
import type { Search } from '../search.js';
import { unmatchedKey } from './event-key.js';
import type { Bind } from '../statement.js';

type Source = Pick<Search, 'from' | 'lead' | 'join'>;
type Asked = Given<typeof eventFilters>;

const WITH_EVENT = 'JOIN log.events e ON e.id = w.id AND e.event_at = w.event_at';

/**
 * Where events are searched, newest first. In this order: by id; by `ceId`; by a key; among unmatched events; for a tenant, through its deliveries and the
 * unmatched events addressed to it (a tenant may have few of all events); else among all.
 */
export function eventSource(asked: Asked): Source {
  const { since, until, tenant, unmatched } = asked;
  const inTime = (bind: Bind): string[] => leading({ by: [] }, eventFilters, { since, until }, bind);
  const among = (rows: (bind: Bind) => string): Source => ({ from: (bind) => `(${rows(bind)}) e`, lead: inTime, join: WITH_EVENT });
  if (tenant?.length === 0 || unmatched?.length === 0) return { from: () => 'log.events e', lead: () => ['false'] };
  if (asked.id || isOne(asked.ceId)) return { from: () => 'log.events e', lead: (bind) => leading(eventLeads, eventFilters, asked, bind) };
  const key = keyOf(eventFilters, asked);
  if (key !== null) return among((bind) => `SELECT event_id AS id, event_at FROM log.event_keys WHERE key = ${bind(key)}::bigint`);
  const { wanted } = parted(unmatched ?? []);
  if (wanted.length) {
    const [reason] = wanted;
    const isOneReason = isOne(wanted) && reason !== 'any';
    return among((bind) => `SELECT event_id AS id, event_at FROM log.unmatched${isOneReason ? ` WHERE reason = ${bind(reason)}` : ''}`);
  }
  if (!tenant) return { from: () => 'log.events e', lead: inTime };
  return among((bind) =>
    tenant
      .flatMap((each) => [
        `SELECT event_id AS id, event_at FROM log.deliveries WHERE tenant = ${bind(each)}`,
        `SELECT event_id AS id, event_at FROM log.event_keys WHERE key = ${bind(unmatchedKey(each))}::bigint`,
      ])
      .join(' UNION ALL '),
  );
}
