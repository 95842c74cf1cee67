import { z } from 'zod';
import type { EventType } from '../aggregates/event-type.js';
import { notices, NOTICE_TYPES } from './notice.js';

/** The catalogue entries of all notices, which every installation has. As inputs: what a later release says beside is no fault. */
export const noticeTypes: readonly EventType[] = NOTICE_TYPES.map((name) => {
  const schema = Object.fromEntries(Object.entries(z.toJSONSchema(notices[name].data, { io: 'input' })).filter(([keyword]) => keyword !== '$schema'));
  return { name, description: notices[name].when, schema, audience: 'addressed', approval: 'none' };
});
