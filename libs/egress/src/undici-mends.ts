import type { Socket } from 'node:net';
import symbols from 'undici/lib/core/symbols.js';
import { AnswerHead } from './answer-head.js';

/**
 * undici 8.12 refuses answers that HTTP/1.1 allows: an unasked 100 is an error to it, a blank behind Content-Length's digits counts as a digit, and its parser (llhttp) knows
 * neither folded lines nor equal lengths said twice, nor blanks behind `chunked`. Each of these was received by the endpoint, and would be sent again. So the parser of a connection is
 * given every head as `AnswerHead` writes it. The version of undici is pinned, and a spec fails where this reaches nothing.
 */
export function mendParser(socket: Socket): void {
  const parser = (socket as Socket & { [symbols.kParser]?: Parser })[symbols.kParser];
  if (!parser) throw new Error('undici keeps its parser elsewhere');
  const { llhttp, ptr, client } = parser;
  // Blanks behind a chunk's size (RFC 9112 §7.1.1).
  llhttp.llhttp_set_lenient_spaces_after_chunk_size(ptr, 1);

  const head = new AnswerHead();
  const execute = parser.execute.bind(parser);
  parser.execute = (chunk) => {
    // Within a body, or where nobody asked: the parser knows what to do with both.
    if (parser.statusCode !== 0 || client[symbols.kRunning] === 0) {
      execute(chunk);
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
    if (bytes) execute(bytes);
  };
}

/** Our knowledge of undici's parser of HTTP/1.1 (lib/dispatcher/client-h1.js). */
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
