import { EventSourceParserStream } from 'eventsource-parser/stream';
import { raw } from './client.js';

interface Listening {
  /** The id of the last event that was received; undefined = begin now. */
  readonly after: string | undefined;
  readonly signal: AbortSignal;
  readonly take: (event: { readonly data: string; readonly id?: string | undefined }) => void;
}

/** Server-sent events (WHATWG HTML §9.2) of a GET under /v1, until the server ends them. Throws `Refused`. */
export async function listen(path: string, { after, signal, take }: Listening): Promise<void> {
  const headers = { accept: 'text/event-stream', ...(after !== undefined && { 'last-event-id': after }) };
  const { body } = await raw(new Request(path, { headers, signal }));
  if (!body) return;
  const reader = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) take(read.value);
}
