import { answer, api, raw, Refused, type Problem } from '../api/client.js';

/** A part of a bundle; a problem = it is not there, or the reader may not see it. */
type Part = unknown;
type Missing = { readonly problem: Pick<Problem, 'status' | 'code' | 'detail'> };

/** Everything that is known about a delivery, for somebody who has no access. The API has redacted what is secret. */
export async function bundleOf(id: string): Promise<Readonly<Record<string, Part>>> {
  const delivery = await answer(api.GET('/v1/deliveries/{id}', { params: { path: { id } } }));
  const { event, callback, subscription, createdAt } = delivery;
  const now = await orWhy(answer(api.GET('/v1/callbacks/{id}', { params: { path: { id: callback } } })));
  const credential = 'authentication' in now && now.authentication.type === 'oauth2' ? now.authentication.credential : null;
  const parts = {
    event: answer(api.GET('/v1/events/{id}', { params: { path: { id: event } } })),
    payload: payloadOf(event),
    callbackWhenPublished: answer(api.GET('/v1/callbacks/{id}', { params: { path: { id: callback }, query: { at: createdAt } } })),
    callbackHealth: answer(api.GET('/v1/callbacks/{id}/health', { params: { path: { id: callback } } })),
    subscription: answer(api.GET('/v1/subscriptions/{id}', { params: { path: { id: subscription } } })),
    ...(credential !== null && { credentialHealth: answer(api.GET('/v1/credentials/{id}/health', { params: { path: { id: credential } } })) }),
  };
  const told = await Promise.all(Object.entries(parts).map(async ([name, part]) => [name, await orWhy<unknown>(part)] as const));
  return { savedAt: new Date().toISOString(), from: location.origin, delivery, callback: now, ...Object.fromEntries(told) };
}

async function orWhy<T>(part: Promise<T>): Promise<T | Missing> {
  try {
    return await part;
  } catch (error) {
    const { status, code, detail } = error instanceof Refused ? error.problem : { status: 0, code: 'unreachable', detail: (error as Error).message };
    return { problem: { status, code, detail } };
  }
}

/** The payload as text, or in base64 if it is none. */
async function payloadOf(event: string): Promise<{ text: string } | { base64: string }> {
  const bytes = new Uint8Array(await (await raw(new Request(`/v1/events/${event}/payload`))).arrayBuffer());
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) };
  }
}
