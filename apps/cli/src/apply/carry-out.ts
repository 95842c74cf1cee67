import type { Api } from '../api.js';
import type { Refusal } from '../refusal.js';
import { isPassing, Refused } from '../refused.js';
import { whyNot, type TestResult } from '../test-result.js';
import { idInPath, type Kind, kinds, parameterOf } from './kinds.js';
import { inLanes } from './lanes.js';
import type { Plan, Surplus } from './plan.js';
import { nameOf, referencesOf, type Resource, type Schemas } from './resource.js';

interface Failure {
  readonly name: string;
  readonly at: string;
  readonly detail: string;
}

export interface Done {
  readonly done: number;
  readonly failures: readonly Failure[];
  /** Why it had to stop: the installation fails, or cannot be reached; null = it was carried out to the end. */
  readonly stopped: Refusal | null;
}

interface Carrying {
  readonly api: Api;
  readonly schemas: Schemas;
  readonly isPruning: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/**
 * Creates and changes resources, kind after kind in order of dependency, then deletes. A resource that depends on a failed one is left out, and
 * nothing is deleted if anything has failed.
 */
export async function carryOut({ planned, surplus }: Plan, { api, schemas, isPruning, signal, onProgress }: Carrying): Promise<Done> {
  const failures: Failure[] = [];
  const failed = new Set<string>();
  let done = 0;
  const count = (): void => {
    onProgress(++done);
  };
  const create = (kind: Kind): Promise<void> =>
    inLanes(planned.filter(({ resource, action }) => resource.kind === kind && action !== 'none'), signal, async ({ resource }) => {
      const why = dependsOnAny(failed, resource, schemas) ?? (await put(api, resource));
      if (why === null) {
        count();
        return;
      }
      failed.add(resource.name);
      failures.push({ name: resource.name, at: `${resource.file}:${resource.lineOf([])}`, detail: why });
    });
  const prune = (kind: Kind): Promise<void> =>
    inLanes(surplus.filter((one) => one.kind === kind), signal, async (one) => {
      const why = await remove(api, one);
      if (why === null) count();
      else failures.push({ name: nameOf(kind, one.existing.tenant as string, one.existing.externalId ?? ''), at: one.existing.id, detail: why });
    });
  try {
    for (const kind of kinds) await create(kind);
    if (isPruning && !failures.length) for (const kind of kinds.toReversed()) await prune(kind);
    return { done, failures, stopped: null };
  } catch (error) {
    if (!isPassing(error)) throw error;
    return { done, failures, stopped: error as Refusal };
  }
}

function dependsOnAny(failed: ReadonlySet<string>, resource: Resource, schemas: Schemas): string | null {
  if (!failed.size) return null;
  const names = [`tenant ${resource.tenant ?? ''}`, ...referencesOf(schemas, resource).map(({ kind, text }) => nameOf(kind, resource.tenant, text.replace(/^ext:/, '')))];
  const lacking = names.find((name) => failed.has(name));
  return lacking === undefined ? null : `left out, since ${lacking} failed`;
}

interface Answer {
  readonly state?: string;
  readonly verification?: TestResult;
}

/** Applies a resource. Returns why it failed; null = it did not. */
async function put(api: Api, { kind, key, body }: Resource): Promise<string | null> {
  return refusedOr(async () => {
    const { state = '', verification } = await api.call<Answer>(`PUT ${kind.one}`, { path: { [parameterOf(kind)]: idInPath(kind, key) }, body });
    if (!verification || verification.ok) return null;
    return `it is ${state}, and not activated: its callback has not taken the sample: ${whyNot(verification)}`;
  });
}

/** Deletes a resource. An active subscription is deactivated first. A resource that no longer exists counts as deleted. */
function remove(api: Api, { kind, existing: { id } }: Surplus): Promise<string | null> {
  const path = { [parameterOf(kind)]: id };
  return refusedOr(async () => {
    try {
      if (kind.name === 'subscription' && (await api.call(`GET ${kind.one}`, { path })).state === 'activated') await api.call('POST /v1/subscriptions/{id}/{move}', { path: { id, move: 'deactivate' } });
      await api.call(`DELETE ${kind.one}`, { path });
    } catch (error) {
      if (!(error instanceof Refused && error.http === 404)) throw error;
    }
    return null;
  });
}

/** The message of a refusal; null = none. A passing failure (429, 5xx, unreachable) is thrown. */
async function refusedOr(call: () => Promise<string | null>): Promise<string | null> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Refused) || isPassing(error)) throw error;
    return error.message;
  }
}

export const failureText = ({ name, at, detail }: Failure): string => `${at}: ${name}: ${detail}`;
