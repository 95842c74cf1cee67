import type { Attempted } from '@nuncio/contracts';

type Headers = NonNullable<Attempted['response']>['headers'];

/** Limit in characters, each of which is a byte (latin1): names and values. */
const MOST_KEPT = 32_768;

/**
 * Returns as much of an answer's headers as the log keeps, in their order. The value that exceeds the limit is cut, and what follows is dropped.
 * Secrets are redacted before.
 */
export function keptHeaders(headers: Headers): { headers: Headers; headersTruncated?: true } {
  if (sizeOf(headers) <= MOST_KEPT) return { headers };
  let left = MOST_KEPT;
  const kept: [string, string | string[]][] = [];
  for (const [name, value] of Object.entries(headers)) {
    const values: string[] = [];
    for (const each of typeof value === 'string' ? [value] : value) {
      left -= name.length;
      if (left <= 0) break;
      values.push(each.slice(0, left));
      left -= each.length;
    }
    if (values.length > 0) kept.push([name, typeof value === 'string' ? (values[0] ?? '') : values]);
    if (left <= 0) break;
  }
  return { headers: Object.fromEntries(kept), headersTruncated: true };
}

function sizeOf(headers: Headers): number {
  let size = 0;
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (typeof value === 'string') size += name.length + value.length;
    else for (const each of value) size += name.length + each.length;
  }
  return size;
}
