/** Why nobody gets an event, in words, by its `unmatched`. */
export const NOBODY: Readonly<Record<string, string>> = { 'no-subscription': 'nobody subscribes', 'unknown-type': 'no such event type', 'no-tenant': 'it names no tenant', 'unknown-tenant': 'no such tenant', schema: 'it does not fit its schema' };

/** The tenants of an event that names none, in words: an event of a type for everybody goes to all of them. */
export const ofNoTenant = (unmatched: string | null): string => (unmatched === null || unmatched === 'no-subscription' ? 'all' : 'none');
