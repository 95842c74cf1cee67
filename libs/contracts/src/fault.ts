import type { FieldCode, KeywordCode } from './field-code.js';

/** One thing that is wrong with an input. `pointer` is a JSON pointer (RFC 6901) into what was sent. */
export interface FaultDetail {
  readonly pointer: string;
  readonly code: FieldCode | KeywordCode;
  readonly detail: string;
}

export interface FaultOptions {
  /** Whether the same request may succeed later. */
  readonly retriable?: boolean;
  /** The earliest time for that. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
  readonly errors?: readonly FaultDetail[];
  /** The id of the resource that exists already, if the caller may see it. */
  readonly existing?: string | undefined;
}

/** The codes of our own errors. They are part of the API: add, never rename. */
export type FaultCode =
  | 'malformed-json'
  | 'malformed-request'
  | 'headers-too-large'
  | 'request-timeout'
  | 'unsupported-media-type'
  | 'too-large'
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'conflict'
  | 'illegal-move'
  | 'in-use'
  | 'suspended'
  | 'quota-exceeded'
  | 'stale'
  | 'too-many-requests'
  | 'unavailable'
  | 'timeout'
  | 'corrupt'
  | 'internal';

/** An error of ours, matched by `code`. What a customer's server does is an outcome, never a Fault. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly retriable: boolean;
  readonly retryAfterSeconds: number | null;
  readonly errors: readonly FaultDetail[];
  readonly existing: string | null;

  constructor(code: FaultCode, message: string, options: FaultOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.retriable = options.retriable ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.errors = options.errors ?? [];
    this.existing = options.existing ?? null;
  }
}

/** Faults that a sentence names; the list of them has all. */
const MOST_TOLD = 3;
const MOST_CHARACTERS = 200;

/** Fault `invalid` of everything that is wrong with what was sent. Its sentence names the first few, for a reader who sees nothing else. */
export function invalidFields(errors: readonly FaultDetail[], count = `${errors.length} fields are`): Fault {
  const told = errors.slice(0, MOST_TOLD).map(({ pointer, detail }) => `${pointer || 'the body'}: ${detail}`.slice(0, MOST_CHARACTERS));
  const more = errors.length > MOST_TOLD ? '; …' : '';
  return new Fault('invalid', `${errors.length === 1 ? 'One field is' : count} invalid. ${told.join('; ')}${more}`, { errors });
}

export const isFault = (error: unknown, code?: FaultCode): error is Fault => error instanceof Fault && (code === undefined || error.code === code);
