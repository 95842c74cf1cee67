import { isDeepStrictEqual } from 'node:util';
import { check, ExternalId, LabelName, Labels, LabelValue, type Keyed } from '@nuncio/contracts';
import { z } from 'zod';
import { invalid } from '../faults.js';
import { mergePatch } from '../merge-patch.js';

/** The fields of a request by which a resource is found. Labels are merged (RFC 7396): null removes one label, or all. */
export const labelling = { labels: z.record(LabelName, LabelValue.nullable()).nullish() };
export const keying = { externalId: ExternalId.nullish(), ...labelling };

interface GivenKeying {
  readonly externalId?: string | null | undefined;
  readonly labels?: Readonly<Record<string, string | null>> | null | undefined;
}

/** The external id and labels after an edit, as far as they differ. Throws Fault `invalid` if there would be too many labels. */
export function editKeying(before: Keyed, { externalId = before.externalId, labels }: GivenKeying): Keyed {
  const merged = labels === undefined ? (before.labels ?? {}) : ((mergePatch(before.labels, labels) ?? {}) as Labels);
  const [fault] = check(Labels, merged).faults;
  if (fault) throw invalid('/labels', 'too-many', fault.detail);
  return {
    ...((externalId ?? null) === (before.externalId ?? null) ? {} : { externalId }),
    ...(isDeepStrictEqual(merged, before.labels ?? {}) ? {} : { labels: merged }),
  };
}

/** The fields of a request, with external id and labels replaced by what is different of them. */
export function withKeying<B extends GivenKeying>(before: Keyed, { externalId, labels, ...fields }: B): Omit<B, keyof GivenKeying> & Keyed {
  return { ...fields, ...editKeying(before, { externalId, labels }) };
}
