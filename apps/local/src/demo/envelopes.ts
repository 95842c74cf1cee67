import type { FileEvent } from '@nuncio/fixtures';

/** The published payload. */
export const raw = (event: FileEvent): Buffer => event.payload;

/** Persona's envelope, built by hand, with the published payload in it. */
export const jsonApi = ({ headers, payload }: FileEvent, id: string): Buffer =>
  Buffer.concat([
    Buffer.from(`{"data":{"type":"event","id":"${id}","attributes":{"name":"${headers.ce_type ?? ''}","payload":`),
    payload,
    Buffer.from(`,"created-at":"${headers.ce_time ?? ''}"}}}`),
  ]);
