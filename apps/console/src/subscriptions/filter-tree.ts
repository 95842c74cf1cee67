import type { Schemas } from '../api/client.js';

export type Filter = Schemas['Filter'];
export type Value = string | number | boolean | null;

/** One line of a filter: an attribute, or a JSON pointer into `/data`, and what it is compared with. */
export interface Comparison {
  readonly kind: 'exact' | 'prefix' | 'suffix';
  readonly path: string;
  readonly value: Value;
}

/** `none` = not one of them holds. */
export interface Group {
  readonly kind: 'all' | 'any' | 'none';
  readonly of: readonly Node[];
}

export type Node = Comparison | Group;

export const isGroup = (node: Node): node is Group => 'of' in node;

/** A filter as a tree, to be edited. Several comparisons in one dialect become a group. */
export function toTree({ exact, prefix, suffix, all, any, not }: Filter): Node {
  if (not) {
    const inner = toTree(not);
    return { kind: 'none', of: isGroup(inner) && inner.kind === 'any' ? inner.of : [inner] };
  }
  if (all ?? any) return { kind: all ? 'all' : 'any', of: (all ?? any ?? []).map(toTree) };
  const kind = exact ? 'exact' : prefix ? 'prefix' : 'suffix';
  const lines = Object.entries<Value>(exact ?? prefix ?? suffix ?? {}).map(([path, value]): Comparison => ({ kind, path, value }));
  const [only] = lines;
  return only && lines.length === 1 ? only : { kind: 'all', of: lines };
}

/** The tree as a filter of the API. */
export function toFilter(node: Node): Filter {
  if (!isGroup(node)) return node.kind === 'exact' ? { exact: { [node.path]: node.value } } : { [node.kind]: { [node.path]: String(node.value) } };
  const inner = node.of.map(toFilter);
  const [only] = inner;
  if (node.kind !== 'none') return { [node.kind]: inner };
  return { not: only && inner.length === 1 && !only.any ? only : { any: inner } };
}

/** Whether every line is complete. */
export const isWhole = (node: Node): boolean => (isGroup(node) ? node.of.length > 0 && node.of.every(isWhole) : node.path !== '' && (node.kind === 'exact' || node.value !== ''));

const DIALECTS = ['exact', 'prefix', 'suffix', 'all', 'any', 'not'];

/** Reads a filter from JSON. Only its form is checked; the API checks the rest. null = it is no filter. */
export function readFilter(text: string): Filter | null {
  try {
    const given: unknown = JSON.parse(text);
    return hasForm(given) ? given : null;
  } catch {
    return null;
  }
}

function hasForm(given: unknown): given is Filter {
  if (typeof given !== 'object' || given === null) return false;
  const [only, ...more] = Object.entries(given) as [string, unknown][];
  if (!only || more.length) return false;
  const [dialect, of] = only;
  if (!DIALECTS.includes(dialect)) return false;
  if (dialect === 'not') return hasForm(of);
  if (dialect === 'all' || dialect === 'any') return Array.isArray(of) && of.every(hasForm);
  return typeof of === 'object' && of !== null && Object.values(of).every((value) => typeof value !== 'object' || value === null);
}

const WORDS = { exact: 'is', prefix: 'begins with', suffix: 'ends with', all: ' and ', any: ' or ', none: ' or ' } as const;

/** A filter in words, on one line. */
export function inWords(node: Node): string {
  if (!isGroup(node)) return `${node.path} ${WORDS[node.kind]} ${JSON.stringify(node.value)}`;
  const inner = node.of.map((one) => (isGroup(one) && one.kind !== 'none' && node.of.length > 1 ? `(${inWords(one)})` : inWords(one))).join(WORDS[node.kind]);
  return node.kind === 'none' ? `not (${inner})` : inner;
}
