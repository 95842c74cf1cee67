import { eventHeaders, eventId, NOTICE_CALLBACK, NOTICE_SOURCE, type Labels } from '@nuncio/contracts';
import type { OutboundRecord } from '@nuncio/kafka';
import type { StoredNotice } from './notices.js';
import type { Receiver } from './receivers.js';

/**
 * A notice as an event for one callback. If it is published again it has the same id, so that dispatchers drop the
 * second copy.
 */
export function noticeEvent({ type, subject, tenant, data, occurrences, first_at, last_at }: StoredNotice, labels: Labels, to: Receiver): OutboundRecord {
  const [firstAt, lastAt] = [first_at.toISOString(), last_at.toISOString()];
  const id = [type, subject, first_at.getTime(), to.callback].join('/');
  const attributes = { specversion: '1.0', id, source: NOTICE_SOURCE, type, time: lastAt, subject, tenant: to.tenant, [NOTICE_CALLBACK]: to.callback };
  return {
    key: eventId(NOTICE_SOURCE, id),
    value: Buffer.from(JSON.stringify({ ...data, tenant, labels, occurrences, firstAt, lastAt })),
    headers: eventHeaders({ attributes, contentType: 'application/json', publisher: '' }),
  };
}
