/** Why nobody gets an event, in words, by its `unmatched`. */
export const NOBODY: Readonly<Record<string, string>> = { 'no-subscription': 'nobody subscribes', 'unknown-type': 'no such event type', 'no-tenant': 'it names no tenant', 'unknown-tenant': 'no such tenant', schema: 'it does not fit its schema' };
