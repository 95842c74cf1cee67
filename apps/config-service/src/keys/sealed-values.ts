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
export function mapSealed(schema: z.core.$ZodType, value: unknown, change: (sealed: Sealed, name: string) => Sealed, name = ''): unknown {
  if (schema === Sealed) return typeof value === 'string' ? change(value, name) : value;
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return mapSealed(schema.unwrap(), value, change, name);
  if (typeof value !== 'object' || value === null) return value;
  if (schema instanceof z.ZodArray && Array.isArray(value)) return value.map((item) => mapSealed(schema.element, item, change, name));
  if (schema instanceof z.ZodRecord) return mapEntries(value, (item) => mapSealed(schema.valueType, item, change, name));
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape as Readonly<Record<string, z.core.$ZodType>>;
    return mapEntries(value, (item, own) => (Object.hasOwn(shape, own) && shape[own] ? mapSealed(shape[own], item, change, own) : item));
  }
  return value;
}

const mapEntries = (value: object, change: (item: unknown, name: string) => unknown): object =>
  Object.fromEntries(Object.entries(value).map(([name, item]) => [name, change(item, name)]));

/** The settings with the rings that config-service seals under: what a dispatcher opens, and what token-service opens. */
export type RingName = 'SIGNING_KEYS' | 'CLIENT_KEYS';

/** Under which ring a secret lies: of a credential, only what is sealed once more for deliveries is the dispatchers' (ADR 51). */
export const ringOf = (kind: SealingKind, name: string): RingName => (kind === 'callback' || name === 'sealedForDelivery' ? 'SIGNING_KEYS' : 'CLIENT_KEYS');
