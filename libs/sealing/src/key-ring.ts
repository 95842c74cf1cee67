import { createSecretKey, type KeyObject } from 'node:crypto';
import { Fault } from '@nuncio/contracts';
import { z } from 'zod';

const FORM = 'must be a comma list of id:base64 of 32 bytes, the sealing one first';
/** 43 characters of base64 are 32 bytes. */
const ENTRY = /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]{43}=?$/;

/**
 * Key-encryption keys by id. The active one seals; all of them open. The keys are opaque objects, so that printing a ring reveals none.
 */
export interface KeyRing {
  readonly active: string;
  readonly keys: ReadonlyMap<string, KeyObject>;
}

/** Parses `id:base64,id:base64` with 32 bytes each (the `*_KEYS` settings). Throws Fault `invalid`, which does not quote the text. */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, KeyObject>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (!ENTRY.test(entry)) throw new Fault('invalid', FORM);
    const [id, encoded] = entry.split(':') as [string, string];
    if (keys.has(id)) throw new Fault('invalid', `names the key "${id}" twice`);
    keys.set(id, createSecretKey(encoded, 'base64'));
  }
  const [active] = [...keys.keys()] as [string];
  return { active, keys };
}

/** For an app's environment schema: parses text to a `KeyRing`. */
export const KeyRingSetting = z.string({ error: FORM }).transform((text, ctx) => {
  try {
    return parseKeyRing(text);
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
