import { EventSourceParserStream } from 'eventsource-parser/stream';
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

/** What the portal was handed by the page around it; nowhere else is it kept. null = the session is in a cookie. */
let token: string | null = null;

/** From now on requests carry this token, and no cookie. */
export const speakWith = (handed: string): void => {
  token = handed;
};

/** How each request says for whom it is. */
const session = (): { headers: Record<string, string>; credentials: RequestCredentials } =>
  token === null ? { headers: FROM_CONSOLE, credentials: 'same-origin' } : { headers: { authorization: `Bearer ${token}` }, credentials: 'omit' };

export const api = createClient<paths, 'application/json'>({ baseUrl: location.origin, querySerializer: { array: { style: 'form', explode: true } }, fetch: (request) => ask(request) });

/** `fetch`, for whoever is signed in; once more where the session has only to be renewed. */
async function ask(request: Request): Promise<Response> {
  const { headers, credentials } = session();
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  const again = request.clone();
  const response = await fetch(request, { credentials });
  if (response.status !== 401 || token !== null || !(await renewSession())) return response;
  return fetch(again, { credentials });
}

/** Has a session go on that was begun with a token; false = it cannot. One page at a time, since what it is renewed with counts once. */
export const renewSession = (): Promise<boolean> =>
  navigator.locks.request('nuncio-session', async () => (await fetch('/auth/refresh', { method: 'POST', headers: FROM_CONSOLE })).ok);

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
  const response = await ask(new Request(path));
  if (!response.ok) throw new Refused(problemOf(await response.json().catch(() => null), response.status));
  return response.text();
}

interface Listening {
  /** The id of the last event that one has; undefined = from now on. */
  readonly after: string | undefined;
  readonly signal: AbortSignal;
  readonly take: (event: { readonly data: string; readonly id?: string | undefined }) => void;
}

/** Server-sent events (WHATWG HTML §9.2) of a GET under /v1, until the server ends them. Throws `Refused`. */
export async function listen(path: string, { after, signal, take }: Listening): Promise<void> {
  const headers = { accept: 'text/event-stream', ...(after !== undefined && { 'last-event-id': after }) };
  const response = await ask(new Request(path, { headers, signal }));
  if (!response.ok || !response.body) throw new Refused(problemOf(await response.json().catch(() => null), response.status));
  const reader = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) take(read.value);
}

/** Trades an API key for the session's cookie, which no script can read. Throws `Refused`. */
export const signIn = (key: string): Promise<unknown> => post('/auth/key', { authorization: `Bearer ${key}` });
/** The same without a key, where an installation for trying out allows it. */
export const signInHere = (): Promise<unknown> => post('/auth/one-click', {});
/** null = one is signed out; else that is where the authorization server ends its own session. */
export const signOut = async (): Promise<string | null> => ((await (await post('/auth/logout', {})).json()) as { at: string | null }).at;

/** What the login page can offer, and why the last sign-in has failed. */
export interface Offers {
  readonly oneClick: boolean;
  readonly oidc: { readonly name: string } | null;
  readonly refusal: string | null;
}

export async function offers(): Promise<Offers> {
  const response = await fetch('/auth/config');
  if (!response.ok) throw new Refused(problemOf(await response.json().catch(() => null), response.status));
  return (await response.json()) as Offers;
}

/** Where signing in with OpenID Connect begins, which comes back to this place in the console. */
export const oidcHref = (to: string): string => `/auth/login?to=${encodeURIComponent(to)}`;

async function post(path: string, headers: Record<string, string>): Promise<Response> {
  const response = await fetch(path, { method: 'POST', headers: { ...FROM_CONSOLE, ...headers } });
  if (!response.ok) throw new Refused(problemOf(await response.json().catch(() => null), response.status));
  return response;
}
