import type { Difference } from '../parts/differences.js';

type State = Readonly<Record<string, unknown>>;

/** Fields that change each time, that say when something happened elsewhere, or that follow from others. */
const NOT_CONFIGURED: readonly string[] = ['version', 'createdAt', 'updatedAt', 'lastUsedAt', 'moves', 'ownSettings'];
const REDACTED = '<redacted>';

/**
 * The fields that differ between two states of a resource, each by its path: `retry.delaysSeconds`. A state never shows a secret. `changes`, which the
 * audit has, names the secrets that changed.
 */
export function fieldChanges(before: State | null, after: State | null, changes: State): Difference[] {
  const [then, now] = [leavesOf(before), leavesOf(after)];
  const names = [...new Set([...then.keys(), ...now.keys()])].sort();
  const shown = names.map((what) => ({ what, before: then.get(what) ?? null, after: now.get(what) ?? null })).filter((pair) => pair.before !== pair.after);
  const secrets = Object.keys(changes).filter((name) => JSON.stringify(changes[name]).includes(REDACTED) && !shown.some(({ what }) => what === name || what.startsWith(`${name}.`)));
  return [...shown, ...secrets.map((what) => ({ what, before: before && REDACTED, after: REDACTED }))];
}

function leavesOf(state: State | null): Map<string, string> {
  const leaves = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    if (value === null || value === undefined) return;
    if (typeof value !== 'object' || Array.isArray(value)) leaves.set(path, typeof value === 'string' ? value : JSON.stringify(value));
    else for (const [name, inner] of Object.entries(value)) visit(inner, `${path}.${name}`);
  };
  for (const [name, value] of Object.entries(state ?? {})) if (!NOT_CONFIGURED.includes(name)) visit(value, name);
  return leaves;
}
