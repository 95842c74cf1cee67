import type { FileEvent } from '@nuncio/fixtures';

/** The payload as it was published. */
export const raw = (event: FileEvent): Buffer => event.payload;

/** Persona's envelope, written out by hand: the payload stands in it as it was published. */
export const jsonApi = ({ headers, payload }: FileEvent, id: string): Buffer =>
  Buffer.concat([
    Buffer.from(`{"data":{"type":"event","id":"${id}","attributes":{"name":"${headers.ce_type ?? ''}","payload":`),
    payload,
    Buffer.from(`,"created-at":"${headers.ce_time ?? ''}"}}}`),
  ]);
