import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { Fault, isFault, type FaultCode } from '@nuncio/contracts';
import type { FastifyReply } from 'fastify';
import { throwError, type Observable } from 'rxjs';

/** Only this file knows HTTP statuses. */
const STATUS: Readonly<Record<FaultCode, number>> = {
  'malformed-json': 400,
  'malformed-request': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  conflict: 409,
  'illegal-move': 409,
  'in-use': 409,
  suspended: 409,
  'quota-exceeded': 409,
  stale: 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  invalid: 422,
  'too-many-requests': 429,
  'headers-too-large': 431,
  internal: 500,
  corrupt: 500,
  unavailable: 503,
  timeout: 504,
};

/** Every code there is. */
export const faultCodes = Object.keys(STATUS) as FaultCode[];

const TITLE: Readonly<Record<FaultCode, string>> = {
  'malformed-json': 'The body is not JSON',
  'malformed-request': 'Not a request',
  unauthenticated: 'No valid credentials',
  forbidden: 'Not allowed',
  'not-found': 'Not found',
  'method-not-allowed': 'Method not allowed',
  'request-timeout': 'Request too slow',
  conflict: 'Conflict',
  'illegal-move': 'Not possible in this state',
  'in-use': 'In use',
  suspended: 'Suspended',
  'quota-exceeded': 'Quota exceeded',
  stale: 'Changed meanwhile',
  'too-large': 'Too large',
  'unsupported-media-type': 'Unsupported media type',
  invalid: 'Invalid',
  'too-many-requests': 'Too many requests',
  'headers-too-large': 'Headers too large',
  internal: 'Internal error',
  corrupt: 'Internal error',
  unavailable: 'Not available now',
  timeout: 'Took too long',
};

/** RFC 9457, with a stable `code` and, for validation, every fault. */
interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: FaultCode;
  /** The request's id in the log, as in the answer's `X-Request-Id`. */
  readonly requestId: string;
  /** At most 100. */
  readonly errors?: Fault['errors'];
  /** The number of faults, if there are more. */
  readonly errorCount?: number;
  /** With 409: the id of the resource that exists already. */
  readonly existing?: string;
}

/** A request with 90,000 unknown fields does not need all of them listed. */
export const MOST_ERRORS = 100;

/** Its JSON Schema. */
export const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'Why a request was refused, or failed (RFC 9457)',
  additionalProperties: false,
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'The code as a URN' },
    title: { type: 'string', description: 'The code in a few words' },
    status: { type: 'integer', format: 'int32', description: 'The HTTP status' },
    detail: { type: 'string', description: 'A sentence that says what is wrong with this request' },
    code: { type: 'string', enum: faultCodes, description: 'The code, for programs; a code is never renamed' },
    requestId: { type: 'string', description: 'The id of the request in the log; also the X-Request-Id of the answer' },
    errorCount: { type: 'integer', format: 'int32', description: 'The number of faults, if `errors` does not have all of them' },
    existing: { type: 'string', description: 'For a conflict: the id of the resource that exists already' },
    errors: {
      type: 'array',
      description: 'Everything that is wrong with the input',
      maxItems: MOST_ERRORS,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['pointer', 'code', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'A JSON pointer (RFC 6901) to the place in the request' },
          code: { type: 'string', description: 'The kind of fault' },
          detail: { type: 'string', description: 'What is wrong' },
        },
      },
    },
  },
};

/** Messages are written as they fit into the log. */
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.…!?]$/.test(text) ? '' : '.'}`;

export const statusOf = (code: FaultCode): number => STATUS[code];

export function toProblem(fault: Fault, requestId: string): Problem {
  const status = STATUS[fault.code];
  return {
    type: `urn:nuncio:problem:${fault.code}`,
    title: TITLE[fault.code],
    status,
    detail: status === 500 ? `Something failed in Nuncio; its log has the details under ${requestId}.` : sentence(fault.message),
    code: fault.code,
    requestId,
    ...(fault.errors.length ? { errors: fault.errors.slice(0, MOST_ERRORS) } : {}),
    ...(fault.errors.length > MOST_ERRORS ? { errorCount: fault.errors.length } : {}),
    ...(fault.existing === null ? {} : { existing: fault.existing }),
  };
}

/** The `Retry-After` of a 503 that has none: a missing server is usually back soon. */
export const AGAIN_AFTER_SECONDS = 2;

export const sendProblem = (reply: FastifyReply, fault: Fault): FastifyReply => {
  const problem = toProblem(fault, reply.request.id);
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
  const retryAfterSeconds = fault.retryAfterSeconds ?? (problem.status === 503 ? AGAIN_AFTER_SECONDS : null);
  if (retryAfterSeconds !== null) void reply.header('retry-after', String(retryAfterSeconds));
  return reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
};

@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Problem');

  /** An error of a Kafka handler goes back to its transport unchanged, and the records are delivered again. */
  catch(error: unknown, host: ArgumentsHost): Observable<never> | undefined {
    if (host.getType() === 'rpc') return throwError(() => error);
    const fault = toFault(error);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (STATUS[fault.code] === 500) this.#logger.error(textOf(error), { requestId: reply.request.id });
    if (STATUS[fault.code] > 500) this.#logger.warn(textOf(fault.cause ?? fault), { requestId: reply.request.id });
    void sendProblem(reply, fault);
    return undefined;
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Turns errors of Fastify and Nest into faults. */
function toFault(error: unknown): Fault {
  if (isFault(error)) return error;
  if (error instanceof SyntaxError) return new Fault('malformed-json', 'The body is not JSON.');
  // Nest keeps only the status of Fastify's errors.
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown }).statusCode;
  if (status === 400) return new Fault('malformed-json', 'The body is not JSON.');
  if (status === 404) return new Fault('not-found', 'There is nothing at this path.');
  if (status === 413) return new Fault('too-large', 'The body is larger than 1 MiB.');
  if (status === 415) return new Fault('unsupported-media-type', 'Send application/json (a PATCH also takes application/merge-patch+json).');
  return new Fault('internal', 'unexpected', { cause: error });
}
