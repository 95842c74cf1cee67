import { isDeepStrictEqual } from 'node:util';
import { ExternalId, LabelName, Labels, LabelValue, type Keyed } from '@nuncio/contracts';
import { z } from 'zod';
import { invalid } from '../faults.js';
import { mergePatch } from '../merge-patch.js';

/** What a request gives of how a resource is found and named; labels are merged (RFC 7396), so null removes one of them, or all. */
export const labelling = { labels: z.record(LabelName, LabelValue.nullable()).nullish() };
export const keying = { externalId: ExternalId.nullish(), ...labelling };

export interface GivenKeying {
  readonly externalId?: string | null | undefined;
  readonly labels?: Readonly<Record<string, string | null>> | null | undefined;
}

/** What an edit gives of it that is different. Throws Fault `invalid` where there would be too many labels. */
export function editKeying(before: Keyed, { externalId = before.externalId, labels }: GivenKeying): Keyed {
  const merged = labels === undefined ? (before.labels ?? {}) : ((mergePatch(before.labels, labels) ?? {}) as Labels);
  const fits = Labels.safeParse(merged);
  if (!fits.success) throw invalid('/labels', 'too-many', fits.error.issues[0]?.message ?? 'are too many');
  return {
    ...((externalId ?? null) === (before.externalId ?? null) ? {} : { externalId }),
    ...(isDeepStrictEqual(merged, before.labels ?? {}) ? {} : { labels: merged }),
  };
}

/** The fields of a request, with what is different of keying in the place of what was given of it. */
export function withKeying<B extends GivenKeying>(before: Keyed, { externalId, labels, ...fields }: B): Omit<B, keyof GivenKeying> & Keyed {
  return { ...fields, ...editKeying(before, { externalId, labels }) };
}
