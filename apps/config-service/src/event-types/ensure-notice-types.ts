import { noticeTypes } from '@nuncio/contracts';
import { edited, nuncio, type EventStore } from '../event-store/index.js';
import { eventType } from './event-type.js';

/**
 * Makes sure that every installation has the event types of notices as this version declares them. Writes nothing if it does.
 */
export async function ensureNoticeTypes(store: EventStore): Promise<void> {
  await store.transact(nuncio, async (tx) => {
    const known = new Map((await tx.findAll(eventType, noticeTypes.map(({ name }) => name))).map((one) => [one.id, one]));
    for (const type of noticeTypes) {
      const found = known.get(type.name);
      if (!found) await tx.create(eventType, type.name, type);
      else await tx.append(eventType, found, edited(found.state, type));
    }
  });
}
