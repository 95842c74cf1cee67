/** Of older ones the list below knows. */
const KEPT = 500;

/** The new ones, in the order they came, before those that were there; each id once, as it was written last. */
export function newestFirst<T extends { readonly id: string }>(before: readonly T[], came: readonly T[]): T[] {
  const all = new Map<string, T>();
  for (const row of [...came.toReversed(), ...before]) if (!all.has(row.id)) all.set(row.id, row);
  return [...all.values()].slice(0, KEPT);
}
