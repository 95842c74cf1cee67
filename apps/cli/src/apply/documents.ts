import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isNode, isPair, isScalar, isSeq, isMap, LineCounter, parseAllDocuments, type Document as YamlDocument, type Node } from 'yaml';
import type { Json } from '../api.js';
import type { Path, SchemaFault } from './body-schema.js';
import { kinds, type Kind } from './kinds.js';
import { resolved } from './references.js';

/** A resource in a file. */
export interface Document {
  readonly kind: Kind;
  /** The body for the API: `written` with references replaced by the secrets. */
  readonly body: Json;
  /** The body as it is in the file. Only this is ever shown. */
  readonly written: Json;
  readonly file: string;
  /** The fields that refer to a variable or a file that does not exist. */
  readonly unresolved: readonly SchemaFault[];
  readonly lineOf: (path: Path) => number;
}

/** A fault in a file. */
export interface Fault {
  readonly file: string;
  /** null = the fault is of the file itself. */
  readonly line: number | null;
  readonly detail: string;
}

export const faultAt = ({ file, lineOf }: Pick<Document, 'file' | 'lineOf'>, path: Path, detail: string): Fault => ({ file, line: lineOf(path), detail: path.length ? `${path.join('.')}: ${detail}` : detail });

const IS_YAML = /\.ya?ml$/;

/** The files in order. A folder stands for all YAML files in it and its folders. Throws what `fs` throws. */
function filesOf(path: string): string[] {
  if (path === '-' || !statSync(path).isDirectory()) return [path];
  const inside = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return inside.flatMap((entry) => {
    const at = join(path, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    return statSync(at).isDirectory() ? filesOf(at) : IS_YAML.test(entry.name) ? [at] : [];
  });
}

interface Read {
  readonly documents: readonly Document[];
  readonly faults: readonly Fault[];
  /** Whether all files could be read. If not, a missing resource may be in the unread part. */
  readonly isWhole: boolean;
}

/**
 * Every document of the files (`-` = standard input), each file once, and every fault that keeps one from being read.
 */
export function readDocuments(paths: readonly string[], env: NodeJS.ProcessEnv): Read {
  const seen = new Set<string>();
  const isNew = (file: string): boolean => seen.size < seen.add(resolve(file)).size;
  const read = paths.flatMap((path): Read[] => {
    try {
      return filesOf(path).filter(isNew).map((file) => readFile(file, readFileSync(file === '-' ? 0 : file, 'utf8'), env));
    } catch (error) {
      return [{ documents: [], faults: [{ file: path, line: null, detail: `cannot be read: ${(error as Error).message}` }], isWhole: false }];
    }
  });
  return { documents: read.flatMap(({ documents }) => documents), faults: read.flatMap(({ faults }) => faults), isWhole: read.every(({ isWhole }) => isWhole) };
}

function readFile(file: string, text: string, env: NodeJS.ProcessEnv): Read {
  const lines = new LineCounter();
  const all = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const documents: Document[] = [];
  const faults: Fault[] = [];
  for (const yaml of Array.isArray(all) ? all : []) {
    const lineOf = (path: Path): number => lines.linePos(offsetOf(yaml, path)).line;
    faults.push(...yaml.errors.map(({ pos, message }) => ({ file, line: lines.linePos(pos[0]).line, detail: message })));
    const value = yaml.errors.length ? null : valueOf(yaml);
    if (value === null) continue;
    const { kind: named, ...written } = (typeof value === 'object' ? value : {}) as Record<string, unknown>;
    const kind = kinds.find(({ name }) => name === named);
    if (!kind) {
      const what = named === undefined ? 'kind is missing' : `there is no ${JSON.stringify(named)}`;
      faults.push(faultAt({ file, lineOf }, named === undefined ? [] : ['kind'], `${what}: ${kinds.map(({ name }) => name).join(', ')}`));
      continue;
    }
    const { value: body, faults: unresolved } = resolved(written, file === '-' ? '.' : dirname(file), env);
    documents.push({ kind, written, body: body as Json, file, lineOf, unresolved });
  }
  return { documents, faults, isWhole: (Array.isArray(all) ? all : []).every(({ errors }) => !errors.length) };
}

/** A missing anchor, or too many aliases, is a fault of the document. */
function valueOf(yaml: YamlDocument): unknown {
  try {
    return yaml.toJS({ maxAliasCount: 1_000 }) as unknown;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The offset of the value at a path, or of the nearest that exists: the name of a field, an item of a list. */
function offsetOf({ contents, range }: YamlDocument, path: Path): number {
  const start = range?.[0] ?? 0;
  let node: unknown = contents;
  let offset = isNode(contents) ? (contents.range?.[0] ?? start) : start;
  for (const step of path) {
    const inner = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step)) : isSeq(node) ? node.items[Number(step)] : undefined;
    const shown = isPair(inner) ? inner.key : inner;
    if (!isNode(shown)) break;
    offset = (shown as Node).range?.[0] ?? offset;
    node = isPair(inner) ? inner.value : inner;
  }
  return offset;
}
