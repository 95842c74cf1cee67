/**
 * Event types with this prefix are Nuncio's own: nobody else creates, changes or deletes one, or publishes its events.
 */
export const RESERVED_PREFIX = 'nuncio.';
export const isReserved = (type: string): boolean => type.startsWith(RESERVED_PREFIX);

/** The CloudEvents source of events that Nuncio publishes. */
export const NOTICE_SOURCE = '/nuncio';

/** The extension attribute with the callback that a notice is for. */
export const NOTICE_CALLBACK = 'callback';
