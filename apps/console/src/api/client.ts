import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

export type Schemas = components['schemas'];

/** A problem, as the API describes it (RFC 9457). */
export interface Problem {
  readonly title: string;
  readonly detail: string;
  readonly code: string;
  readonly status: number;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** The API refused a request. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** Marks a request of this console. The gateway takes no unsafe request with the session's cookie without it. */
const FROM_CONSOLE = { 'x-nuncio-console': '1' };

/** The portal's token, from the page around it. It is kept nowhere else. null = the session is in a cookie. */
let token: string | null = null;

/** From now on requests carry this token, and no cookie. */
export const speakWith = (handed: string): void => {
  token = handed;
};

/** How a request is authenticated. */
const session = (): { headers: Record<string, string>; credentials: RequestCredentials } =>
  token === null ? { headers: FROM_CONSOLE, credentials: 'same-origin' } : { headers: { authorization: `Bearer ${token}` }, credentials: 'omit' };

export const api = createClient<paths, 'application/json'>({ baseUrl: location.origin, querySerializer: { array: { style: 'form', explode: true } }, fetch: (request) => ask(request) });

/** `fetch` with the reader's session. If the session has ended and can be renewed, it asks once more. */
async function ask(request: Request): Promise<Response> {
  const { headers, credentials } = session();
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  const again = request.clone();
  const response = await fetch(request, { credentials });
  if (response.status !== 401 || token !== null || !(await renewSession())) return response;
  return fetch(again, { credentials });
}

/** Renews a session that was begun with a token; false = it cannot be renewed. One page at a time, since a refresh token can be used once. */
export const renewSession = (): Promise<boolean> =>
  navigator.locks.request('nuncio-session', async () => (await fetch('/auth/refresh', { method: 'POST', headers: FROM_CONSOLE })).ok);

/** Returns the answer, or throws `Refused`. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  throw new Refused(problemOf(error, response.status));
}

function problemOf(error: unknown, status: number): Problem {
  if (typeof error === 'object' && error !== null && 'detail' in error) return error as Problem;
  return { title: 'No answer', detail: `The server answered ${status}.`, code: 'unavailable', status };
}

/** The answer to any request under /v1, unread. Throws `Refused`. */
export async function raw(request: Request): Promise<Response> {
  const response = await ask(request);
  if (!response.ok) throw new Refused(problemOf(await response.json().catch(() => null), response.status));
  return response;
}

/** The answer to any GET under /v1, as text. Payloads can be bytes of any kind. Throws `Refused`. */
export const text = async (path: string): Promise<string> => (await raw(new Request(path))).text();

/** Trades an API key for the session's cookie, which no script can read. Throws `Refused`. */
export const signIn = (key: string): Promise<unknown> => post('/auth/key', { authorization: `Bearer ${key}` });
/** The same without a key, where an installation for trying out allows it. */
export const signInHere = (): Promise<unknown> => post('/auth/one-click', {});
/** Returns where the authorization server ends its own session; null = there is no such place, and the reader is signed out. */
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

/** The path that begins a sign-in with OpenID Connect, and returns to `to` in the console afterwards. */
export const oidcHref = (to: string): string => `/auth/login?to=${encodeURIComponent(to)}`;

async function post(path: string, headers: Record<string, string>): Promise<Response> {
  const response = await fetch(path, { method: 'POST', headers: { ...FROM_CONSOLE, ...headers } });
  if (!response.ok) throw new Refused(problemOf(await response.json().catch(() => null), response.status));
  return response;
}
