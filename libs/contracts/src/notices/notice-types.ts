import { z } from 'zod';
import type { EventType } from '../aggregates/event-type.js';
import { notices, NOTICE_TYPES } from './notice.js';

/**
 * The event types of all notices, which every installation has. Their schemas are for inputs, so fields of a later release are
 * allowed.
 */
export const noticeTypes: readonly EventType[] = NOTICE_TYPES.map((name) => {
  const schema = Object.fromEntries(Object.entries(z.toJSONSchema(notices[name].data, { io: 'input' })).filter(([keyword]) => keyword !== '$schema'));
  return { name, description: notices[name].when, schema, audience: 'addressed', approval: 'none' };
});
