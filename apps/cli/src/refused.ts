import { EXIT, Refusal } from './refusal.js';

/** RFC 9457. */
interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  /** The id of the resource that exists already. */
  readonly existing?: string;
}

/** An answer of the API that is no success. */
export class Refused extends Refusal {
  constructor(
    message: string,
    readonly http: number,
    readonly problem: Problem,
    /** From `Retry-After`; null = absent. */
    readonly retryAfterMs: number | null,
  ) {
    super(message, http >= 500 ? EXIT.unavailable : EXIT.refused, problem.code);
  }
}

/** Whether a later try may succeed: no room now (429), a failure (5xx), or not reachable. */
export const isPassing = (error: unknown): boolean => error instanceof Refusal && (error.status === EXIT.unavailable || (error instanceof Refused && error.http === 429));

/** The Refused of an answer, whoever wrote it. */
export async function refusal(answer: Response, call: string): Promise<Refused> {
  const text = await answer.text();
  const problem = read(text);
  const { title, detail, code, errors = [] } = problem;
  const retryAfterMs = waitOf(answer.headers.get('retry-after'));
  const again = retryAfterMs === null ? '' : ` Again in ${Math.ceil(retryAfterMs / 1_000)} s.`;
  const lines = [`${call}: ${answer.status}${code === undefined ? '' : ` ${code}`}. ${detail ?? title ?? text.slice(0, 200)}${again}`, ...errors.map((error) => `  ${error.pointer || '/'}: ${error.detail}`)];
  return new Refused(lines.join('\n'), answer.status, problem, retryAfterMs);
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function waitOf(text: string | null): number | null {
  if (text === null) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

function read(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {};
  }
}
