import { Callback, Credential, Sealed, SigningSecret } from '@nuncio/contracts';
import { z } from 'zod';

/** The kinds with something sealed in their events and states, and where: wherever their schemas say `Sealed`. */
export const sealing = {
  credential: Credential,
  // What its events carry and its published state does not.
  callback: Callback.extend({ secrets: z.array(SigningSecret) }),
} as const;
export type SealingKind = keyof typeof sealing;
export const sealingKinds = Object.keys(sealing) as SealingKind[];

/** The value with every sealed secret in it changed; what merely looks like one, such as a name that somebody chose, stays. */
export function mapSealed(schema: z.core.$ZodType, value: unknown, change: (sealed: Sealed) => Sealed): unknown {
  if (schema === Sealed) return typeof value === 'string' ? change(value) : value;
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return mapSealed(schema.unwrap(), value, change);
  if (typeof value !== 'object' || value === null) return value;
  if (schema instanceof z.ZodArray && Array.isArray(value)) return value.map((item) => mapSealed(schema.element, item, change));
  if (schema instanceof z.ZodRecord) return mapEntries(value, (item) => mapSealed(schema.valueType, item, change));
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape as Readonly<Record<string, z.core.$ZodType>>;
    return mapEntries(value, (item, name) => (Object.hasOwn(shape, name) && shape[name] ? mapSealed(shape[name], item, change) : item));
  }
  return value;
}

const mapEntries = (value: object, change: (item: unknown, name: string) => unknown): object =>
  Object.fromEntries(Object.entries(value).map(([name, item]) => [name, change(item, name)]));

/** Ids of the keys under which the secrets in this value lie, one each. */
export function keysIn(kind: SealingKind, value: unknown): string[] {
  const ids: string[] = [];
  mapSealed(sealing[kind], value, (sealed) => {
    ids.push(sealed.split('.')[1] ?? '');
    return sealed;
  });
  return ids;
}
