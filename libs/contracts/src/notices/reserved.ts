/** Event types of this prefix are Nuncio's own: nobody creates, changes or deletes one, or publishes an event of it. */
export const RESERVED_PREFIX = 'nuncio.';
export const isReserved = (type: string): boolean => type.startsWith(RESERVED_PREFIX);

/** The CloudEvents source of what Nuncio itself publishes. */
export const NOTICE_SOURCE = '/nuncio';

/** The extension attribute that names the one callback a notice is for. */
export const NOTICE_CALLBACK = 'callback';
