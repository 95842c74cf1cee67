import { setTimeout as pause } from 'node:timers/promises';
import type { Api, Json } from './api.js';
import type { Context } from './context.js';
import { listed } from './resources/list.js';
import { print, tell } from './output.js';
import { Refusal } from './refusal.js';
import { whyNot, type TestResult } from './test-result.js';

const AGAIN_AFTER_MS = 3_000;

interface Wanted {
  readonly tenant: string;
  /** One name for each machine and address, by which the callback of an earlier command is found. */
  readonly name: string;
  readonly events: readonly string[];
  readonly dialect: string | undefined;
}

interface Callback extends Json {
  readonly id: string;
  readonly url: string;
  readonly signing: { readonly secret?: string };
}

export const makeCallback = (api: Api, { tenant, name, dialect }: Wanted, url: string): Promise<Callback> =>
  api.call<Callback>('POST /v1/callbacks', { body: { tenant, name, url, ...(dialect !== undefined && { profile: dialect }) } });

/**
 * Tries until the subscription is active. The sample that verifies it goes to the server on this machine, which may not
 * run yet.
 */
export async function subscribe({ api, output, signal }: Context, callback: string, { tenant, events }: Wanted): Promise<void> {
  const isInterrupted = (): boolean => signal.aborted;
  for (let isFirst = true; !isInterrupted(); isFirst = false) {
    const { state, verification } = await api.call<{ state: string; verification?: TestResult }>('POST /v1/subscriptions', {
      body: { tenant, callback, eventTypes: events, activate: true },
    });
    if (state === 'activated') {
      if (!output.isJson) print('Ready. Ctrl-C ends it, and removes the callback.');
      return;
    }
    if (state !== 'draft') throw new Refusal(`The subscription is ${state}: one of its event types requires an approval, which a temporary callback does not get.`);
    if (isFirst) tell(`The server on this machine has not taken the sample (${verification ? whyNot(verification) : 'no answer'}). It is sent again every ${AGAIN_AFTER_MS / 1_000} s.`);
    await pause(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Also removes its subscriptions. */
export async function removeCallback(api: Api, id: string): Promise<void> {
  for (const subscription of await listed(api, '/v1/subscriptions', { callback: id }, Infinity)) {
    const path = { id: String(subscription.id) };
    if (subscription.state === 'activated') await api.call('POST /v1/subscriptions/{id}/{move}', { path: { ...path, move: 'deactivate' } });
    await api.call('DELETE /v1/subscriptions/{id}', { path });
  }
  await api.call('DELETE /v1/callbacks/{id}', { path: { id } });
}

/** Removes the callback and subscription of a command that was killed. */
export async function removeLeftOver(api: Api, { tenant, name }: Wanted): Promise<void> {
  const found = await listed(api, '/v1/callbacks', { tenant, q: name }, Infinity);
  for (const callback of found) if (callback.name === name) await removeCallback(api, String(callback.id));
}
