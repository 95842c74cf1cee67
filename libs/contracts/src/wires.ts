import { TokenEntry, TokenFailure } from './token-entry.js';
import { Errand, ERRAND_HEADER, RecordFailure, FAILURE_HEADER, topics } from './topics/index.js';
import type { Wire } from './wire.js';

/**
 * Everything that services read from each other as JSON. Topics are included by themselves; a new header, or key in Redis, needs a line here. A test
 * checks what each accepts.
 */
export const wires: readonly Wire[] = [
  ...topics.flatMap(({ name, value }) => (value ? [{ name, schema: value }] : [])),
  { name: ERRAND_HEADER, schema: Errand },
  { name: FAILURE_HEADER, schema: RecordFailure },
  { name: 'token', schema: TokenEntry },
  { name: 'token-failure', schema: TokenFailure },
];
