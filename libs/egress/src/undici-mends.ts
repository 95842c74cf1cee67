import type { Socket } from 'node:net';
import symbols from 'undici/lib/core/symbols.js';
import { AnswerHead } from './answer-head.js';
import { ChunkExtensions, isChunked } from './chunk-extensions.js';

/**
 * undici 8.12 refuses answers that HTTP/1.1 allows: an unasked 100, a space after Content-Length's digits; and its parser (llhttp) does not accept
 * folded lines, repeated equal lengths, spaces after `chunked`, or spaces in a chunk's extension. The endpoint has processed such a request, but it would be sent again. So a
 * connection's parser gets every head as `AnswerHead` rewrites it, and chunks without extensions. undici's version is pinned, and a spec fails if this no longer reaches its parser.
 */
export function mendParser(socket: Socket): void {
  const parser = (socket as Socket & { [symbols.kParser]?: Parser })[symbols.kParser];
  if (!parser) throw new Error('undici keeps its parser elsewhere');
  const { llhttp, ptr, client } = parser;
  // Spaces after a chunk's size (RFC 9112 §7.1.1).
  llhttp.llhttp_set_lenient_spaces_after_chunk_size(ptr, 1);

  const head = new AnswerHead();
  const execute = parser.execute.bind(parser);
  let extensions: ChunkExtensions | null = null;
  parser.execute = (chunk) => {
    // Within a body, or without a request: the parser handles both.
    if (parser.statusCode !== 0 || client[symbols.kRunning] === 0) {
      const left = extensions?.remove(chunk) ?? chunk;
      if (left.length > 0) execute(left);
      return;
    }
    client[symbols.kQueue][client[symbols.kRunningIdx]]?.onResponseStarted();
    let bytes: Buffer | null;
    try {
      bytes = head.read(chunk);
    } catch (error) {
      socket.destroy(error as Error);
      return;
    }
    if (!bytes) return;
    const end = bytes.indexOf(END_OF_HEAD, 0, 'latin1') + END_OF_HEAD.length;
    extensions = isChunked(bytes.toString('latin1', 0, end)) ? new ChunkExtensions() : null;
    execute(extensions ? Buffer.concat([bytes.subarray(0, end), extensions.remove(bytes.subarray(end))]) : bytes);
  };
}

const END_OF_HEAD = '\r\n\r\n';

/** The used parts of undici's HTTP/1.1 parser (lib/dispatcher/client-h1.js). */
interface Parser {
  readonly client: {
    readonly [symbols.kRunning]: number;
    readonly [symbols.kRunningIdx]: number;
    readonly [symbols.kQueue]: readonly ({ onResponseStarted(): void } | undefined)[];
  };
  readonly llhttp: { llhttp_set_lenient_spaces_after_chunk_size(parser: number, on: number): void };
  readonly ptr: number;
  /** 0 = between answers, or within a head. */
  readonly statusCode: number;
  execute: (chunk: Buffer) => void;
}
