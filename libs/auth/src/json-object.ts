import { parseTree } from 'jsonc-parser';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The bytes as one JSON object in UTF-8 (a byte order mark is let pass), or null: anything else, a parameter that is there twice (RFC 6749 §5.1), nesting past all measure. */
export function readJsonObject(bytes: Buffer): Record<string, unknown> | null {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const names = parseTree(text)?.children?.map((property) => property.children?.[0]?.value as string) ?? [];
    return new Set(names).size === names.length ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
