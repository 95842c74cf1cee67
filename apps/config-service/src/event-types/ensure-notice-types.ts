import { noticeTypes } from '@nuncio/contracts';
import { edited, nuncio, type EventStore } from '../event-store/index.js';
import { eventType } from './event-type.js';

/** Every installation has the types of notices, as this version declares them. Nothing is written where they are so already. */
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
