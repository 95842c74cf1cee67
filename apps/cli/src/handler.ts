import { request as overHttp, type IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';
import { endToEnd } from './end-to-end.js';

/** Names and values in order, as on the wire. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** A request as the gateway received it; the body is in base64. */
export interface Delivered {
  readonly id: string;
  readonly method: string;
  readonly headers: HeaderLines;
  readonly body: string;
}
interface Answered {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly body: string;
}

const ANSWER_WITHIN_MS = 30_000;
/** The most bytes of an answer's body that are passed back. */
const BODY_BYTES = 524_288;

/** The answer of a server on this machine, whatever its status. If it does not answer, a 502 that says why. */
export function handle(target: URL, { method, headers, body }: Delivered): Promise<Answered> {
  const payload = Buffer.from(body, 'base64');
  const lines = [...headers, ['Host', target.host], ['Content-Length', String(payload.length)], ['Connection', 'close']];
  return new Promise((resolve) => {
    const failed = (error: Error & { code?: string }): void => {
      const text = `${target.href} does not answer: ${error.code ?? error.message}\n`;
      resolve({ status: 502, headers: [['content-type', 'text/plain']], body: Buffer.from(text).toString('base64') });
    };
    const send = target.protocol === 'https:' ? overHttps : overHttp;
    send(target, { method, headers: lines.flat(), signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }, (answer) => {
      answered(answer).then(resolve, failed);
    })
      .on('error', failed)
      .end(payload);
  });
}

async function answered(answer: IncomingMessage): Promise<Answered> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= BODY_BYTES) break;
  }
  const lines = answer.rawHeaders.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, answer.rawHeaders[i + 1] ?? '']] : []));
  return { status: answer.statusCode ?? 502, headers: endToEnd(lines), body: Buffer.concat(chunks).subarray(0, BODY_BYTES).toString('base64') };
}
