import { Fault, invalidFields, toPointer, type FaultDetail, type FieldCode } from '@nuncio/contracts';
import { REDACTED } from '@nuncio/sealing';
import type { FastifyInstance } from 'fastify';
import { MOST_ERRORS } from './problem.filter.js';

const MAX_DEPTH = 500;

/** Accepts only JSON bodies; anything else is 415, including text and forms. */
export function acceptJsonAlone(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'ignore');
  fastify.removeContentTypeParser('text/plain');
  fastify.addContentTypeParser<Buffer>(['application/json', 'application/merge-patch+json'], { parseAs: 'buffer' }, (request, body, done) => {
    const text = textOf(body);
    // Many clients send `application/json` without a body.
    if (text === '') done(null, undefined);
    else if (text === null) done(new Fault('malformed-json', 'The body is not UTF-8.'));
    else
      void parse(request, text, (error, value: unknown) => {
        done(error ?? unfit(value), value);
      });
  });
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** null = not UTF-8, which JSON must be (RFC 8259 §8.1). Invalid bytes are not silently replaced. */
function textOf(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** The fault of values that JSON allows but that cannot be stored or passed on, or of the mask of a shown secret; null = there is none. */
export function unfit(value: unknown): Fault | null {
  const errors = faultsOf(value, [], []);
  if (!errors.length) return null;
  return errors.length < MOST_ERRORS ? invalidFields(errors) : invalidFields(errors, `${MOST_ERRORS} fields or more are`);
}

function faultsOf(value: unknown, path: string[], faults: FaultDetail[]): FaultDetail[] {
  // A body of 1 MiB may have half a million faults, each with a long pointer.
  if (faults.length >= MOST_ERRORS) return faults;
  const fault = (code: FieldCode, detail: string): unknown => faults.push({ pointer: toPointer(path), code, detail });
  if (typeof value === 'string') {
    if (!isText(value)) fault('text', 'must be Unicode text without NUL');
    else if (value === REDACTED) fault('redacted', 'is the mask of a stored secret: leave the field out to keep the secret');
  } else if (typeof value === 'number') {
    // JSON.parse turns 1e400 into Infinity, and JSON.stringify that into null: what is stored would differ from what was checked.
    if (!Number.isFinite(value)) fault('number', 'must be a number that IEEE 754 can hold in 64 bits');
  } else if (typeof value === 'object' && value !== null) {
    if (path.length === MAX_DEPTH) fault('too-deep', `is nested more than ${MAX_DEPTH} deep`);
    else
      for (const [name, inner] of Object.entries(value)) {
        path.push(name);
        if (!isText(name)) fault('text', 'must have a name that is Unicode text without NUL');
        faultsOf(inner, path, faults);
        path.pop();
      }
  }
  return faults;
}

/** Whether PostgreSQL can store it: escapes in JSON may give half a surrogate pair, or NUL. */
const isText = (text: string): boolean => text.isWellFormed() && !text.includes('\0');
