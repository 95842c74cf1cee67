import { parseTree } from 'jsonc-parser';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses one JSON object in UTF-8, with or without a byte order mark. null = it is anything else, has a member twice (RFC 6749 §5.1), or is nested
 * too deeply.
 */
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
