import { Callback, Credential, Sealed, SealedForDispatchers, SigningSecret, type AggregateKind } from '@nuncio/contracts';
import { z } from 'zod';

interface Sealing {
  /** The kind of aggregate whose events and states have them. */
  readonly of: AggregateKind;
  readonly schema: z.core.$ZodType;
  /** The schema of a field that holds such a secret. */
  readonly leaf: z.core.$ZodType;
  /** Their key ring: `CLIENT_KEYS` (`credential`) or `SIGNING_KEYS` (`callback`). */
  readonly ring: 'credential' | 'callback';
}

/** The kinds of secrets, and where they are. */
export const sealing = {
  credential: { of: 'credential', schema: Credential, leaf: Sealed, ring: 'credential' },
  // Includes `secrets`, which the events carry but the published state does not.
  callback: { of: 'callback', schema: Callback.extend({ secrets: z.array(SigningSecret) }), leaf: Sealed, ring: 'callback' },
  certificate: { of: 'credential', schema: Credential, leaf: SealedForDispatchers, ring: 'callback' },
} as const satisfies Record<string, Sealing>;
export type SealingKind = keyof typeof sealing;
export const sealingKinds = Object.keys(sealing) as SealingKind[];

/** Replaces every secret of a kind in the value. The schema tells where secrets are, so a name that looks like one stays. */
export const mapSealed = (kind: SealingKind, value: unknown, change: (sealed: Sealed) => Sealed): unknown => mapLeaves(sealing[kind].schema, sealing[kind].leaf, value, change);

function mapLeaves(schema: z.core.$ZodType, leaf: z.core.$ZodType, value: unknown, change: (sealed: Sealed) => Sealed): unknown {
  if (schema === leaf) return typeof value === 'string' ? change(value) : value;
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return mapLeaves(schema.unwrap(), leaf, value, change);
  if (typeof value !== 'object' || value === null) return value;
  if (schema instanceof z.ZodArray && Array.isArray(value)) return value.map((item) => mapLeaves(schema.element, leaf, item, change));
  if (schema instanceof z.ZodRecord) return mapEntries(value, (item) => mapLeaves(schema.valueType, leaf, item, change));
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape as Readonly<Record<string, z.core.$ZodType>>;
    return mapEntries(value, (item, name) => (Object.hasOwn(shape, name) && shape[name] ? mapLeaves(shape[name], leaf, item, change) : item));
  }
  return value;
}

const mapEntries = (value: object, change: (item: unknown, name: string) => unknown): object =>
  Object.fromEntries(Object.entries(value).map(([name, item]) => [name, change(item, name)]));

/** Ids of the keys of the secrets in this value, one for each secret. */
export function keysIn(kind: SealingKind, value: unknown): string[] {
  const ids: string[] = [];
  mapSealed(kind, value, (sealed) => {
    ids.push(sealed.split('.')[1] ?? '');
    return sealed;
  });
  return ids;
}
