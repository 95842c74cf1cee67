import { z } from 'zod';

/** The beginning of a reference by external id: `ext:<externalId>`. */
const EXTERNAL = 'ext:';

// Printable ASCII without the slash, and without a space at either end.
const EXTERNAL_ID = /^(?! )[\x20-\x2e\x30-\x7e]{1,128}(?<! )$/;

/**
 * A tenant's own name for a resource, unique among its resources of one kind that are not deleted. It fits into one segment of a
 * path.
 */
export const ExternalId = z.string().regex(EXTERNAL_ID, 'must be 1 to 128 printable ASCII characters without "/", and without a space at either end');

export const LabelName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be named by 1 to 63 of A-Z a-z 0-9 . _ -, beginning with a letter or digit');
export const LabelValue = z.string().max(100);
/** The most labels of one resource. */
export const MOST_LABELS = 20;

/** Labels that a user sets for their own purposes. */
export const Labels = z
  .record(LabelName, LabelValue)
  .refine((labels) => Object.keys(labels).length <= MOST_LABELS, `are at most ${MOST_LABELS}`);
export type Labels = z.infer<typeof Labels>;

/** The fields by which users find and name resources; absent = not set. */
export const keyed = { externalId: ExternalId.nullable().optional(), labels: Labels.optional() };
export interface Keyed {
  readonly externalId?: string | null | undefined;
  readonly labels?: Labels | undefined;
}

/** The kinds that have external ids, by the name of their collection in a path. */
export const KEYED_KINDS = { tenants: 'tenant', applications: 'application', credentials: 'credential', callbacks: 'callback', subscriptions: 'subscription' } as const;
export type KeyedKind = (typeof KEYED_KINDS)[keyof typeof KEYED_KINDS];

/** The external id that is given instead of an id; null = it is an id. */
export const externalIdIn = (text: unknown): string | null => (typeof text === 'string' && text.startsWith(EXTERNAL) ? text.slice(EXTERNAL.length) : null);

/**
 * A keyword in the JSON Schema of a field that takes the id of another resource, or `ext:` and its external id. Its value is the
 * kind of that resource.
 */
export const REFERENCE = 'x-reference';

/** The id of a resource of this kind, as a request names it. */
export const reference = (kind: KeyedKind) => z.string().max(200).refine((text) => !text.includes('\0'), 'must not contain NUL').meta({ [REFERENCE]: kind, description: `The id of ${kind === 'application' ? 'an' : 'a'} ${kind}, or \`ext:\` and its external id` });
