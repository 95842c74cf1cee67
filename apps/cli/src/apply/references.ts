import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Path, SchemaFault } from './body-schema.js';

// $${env:NAME} is the literal text ${env:NAME}.
const REFERENCE = /(\$?)\$\{(env|file):([^}]*)\}/g;

export const hasReference = (text: string): boolean => [...text.matchAll(REFERENCE)].some(([, isText]) => !isText);

/** Replaces `${env:NAME}` and `${file:path}` anywhere in the texts of a value. A path is relative to the file that has it. */
export function resolved(value: unknown, folder: string, env: NodeJS.ProcessEnv): { readonly value: unknown; readonly faults: SchemaFault[] } {
  const faults: SchemaFault[] = [];
  const visit = (at: unknown, path: Path): unknown => {
    if (Array.isArray(at)) return at.map((one, i) => visit(one, [...path, i]));
    if (typeof at === 'object' && at !== null) return Object.fromEntries(Object.entries(at).map(([name, inner]) => [name, visit(inner, [...path, name])]));
    if (typeof at !== 'string') return at;
    return at.replaceAll(REFERENCE, (whole, isText: string, from: string, name: string) => {
      if (isText) return whole.slice(1);
      const found = from === 'env' ? fromEnvironment(name, env) : fromFile(resolve(folder, name));
      if (found.fault !== undefined) faults.push({ path, detail: found.fault });
      return found.text;
    });
  };
  return { value: visit(value, []), faults };
}

interface Found {
  readonly text: string;
  readonly fault?: string;
}

function fromEnvironment(name: string, env: NodeJS.ProcessEnv): Found {
  const text = env[name] ?? '';
  return text ? { text } : { text, fault: `the environment variable ${name} is not set` };
}

/** Without the final line break, which editors add. */
function fromFile(path: string): Found {
  try {
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return text ? { text } : { text, fault: `the file ${path} is empty` };
  } catch (error) {
    return { text: '', fault: `the file ${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}` };
  }
}
