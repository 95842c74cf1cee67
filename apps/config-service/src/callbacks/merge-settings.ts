import type { Settings } from './callback.js';
import type { PatchCallback } from './requests.js';

const LEAVES = ['profile', 'method', 'authentication', 'envelope', 'timeoutMs', 'onTokenFailure'] as const;
const GROUPS = { signing: ['scheme', 'keyId', 'keyType'], retry: null, limits: null } as const;

/**
 * JSON merge patch (RFC 7396) of the explicit settings. null gives a field, or a whole group of fields, back to the
 * profile.
 */
export function mergeSettings(before: Settings, given: PatchCallback): Settings {
  const merged: Record<string, unknown> = { ...before };
  for (const name of LEAVES) assign(merged, name, given[name]);
  for (const [name, only] of Object.entries(GROUPS) as [keyof typeof GROUPS, readonly string[] | null][]) {
    const patch = given[name];
    if (!patch) {
      assign(merged, name, patch);
      continue;
    }
    const group: Record<string, unknown> = { ...before[name] };
    for (const [field, value] of Object.entries(patch)) if (!only || only.includes(field)) assign(group, field, value);
    assign(merged, name, Object.keys(group).length ? group : null);
  }
  return merged;
}

function assign(target: Record<string, unknown>, name: string, value: unknown): void {
  if (value === null) Reflect.deleteProperty(target, name);
  else if (value !== undefined) target[name] = value;
}
