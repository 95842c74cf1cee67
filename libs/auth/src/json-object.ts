import { parseTree } from 'jsonc-parser';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The bytes as one JSON object in UTF-8 (a byte order mark is let pass), or null: anything else, a parameter that is there twice (RFC 6749 §5.1), nesting past all measure. */
export function readJsonObject(bytes: Buffer): Record<string, unknown> | null {
  try {
    const text = utf8.decode(bytes);
    const value = JSON.parse(text) as Record<string, unknown>;
    const tree = parseTree(text);
    return tree?.type === 'object' && tree.children?.length === Object.keys(value).length ? value : null;
  } catch {
    return null;
  }
}
