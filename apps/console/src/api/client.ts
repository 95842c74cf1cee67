import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

export type Schemas = components['schemas'];

/** What a refusal says (RFC 9457). */
export interface Problem {
  readonly title: string;
  readonly detail: string;
  readonly code: string;
  readonly status: number;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** A refusal, as an error. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** Says that a request comes from this console: without it the session's cookie changes nothing. */
const FROM_CONSOLE = { 'x-nuncio-console': '1' };

export const api = createClient<paths, 'application/json'>({ baseUrl: location.origin, headers: FROM_CONSOLE, querySerializer: { array: { style: 'form', explode: true } } });

/** What was answered; throws `Refused`. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  throw new Refused(problemOf(error, response.status));
}

function problemOf(error: unknown, status: number): Problem {
  if (typeof error === 'object' && error !== null && 'detail' in error) return error as Problem;
  return { title: 'No answer', detail: `The server answered ${status}.`, code: 'unavailable', status };
}

/** Any GET under /v1, as text: payloads, which are bytes of any kind. */
export async function text(path: string): Promise<string> {
  const response = await fetch(path);
  if (!response.ok) throw new Refused(problemOf(await response.json().catch(() => null), response.status));
  return response.text();
}

/** Trades an API key for the session's cookie, which no script can read. Throws `Refused`. */
export const signIn = (key: string): Promise<void> => session('/auth/key', { authorization: `Bearer ${key}` });
/** The same without a key, where an installation for trying out allows it. */
export const signInHere = (): Promise<void> => session('/auth/one-click', {});
export const signOut = (): Promise<void> => session('/auth/logout', {});

/** Whether it does. */
export async function offersOneClick(): Promise<boolean> {
  const response = await fetch('/auth/config');
  return response.ok && ((await response.json()) as { oneClick: boolean }).oneClick;
}

async function session(path: string, headers: Record<string, string>): Promise<void> {
  const response = await fetch(path, { method: 'POST', headers: { ...FROM_CONSOLE, ...headers } });
  if (!response.ok) throw new Refused(problemOf(await response.json().catch(() => null), response.status));
}
