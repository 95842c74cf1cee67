import { createSecretKey, type KeyObject } from 'node:crypto';
import { Fault } from '@nuncio/contracts';
import { z } from 'zod';

const FORM = 'must be a comma list of id:base64 of 32 bytes, the sealing one first';
/** 43 letters of base64 are 32 bytes. */
const ENTRY = /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]{43}=?$/;

/** Key-encryption keys by id. The first one seals; all of them open. The keys are opaque objects, so that a printed ring shows none. */
export interface KeyRing {
  readonly active: string;
  readonly keys: ReadonlyMap<string, KeyObject>;
}

/** From `id:base64,id:base64`, 32 bytes each (the form of the `*_KEYS` settings). Throws Fault `invalid`, without quoting the text. */
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

/** For an app's environment schema: text in, `KeyRing` out. */
export const KeyRingSetting = z.string({ error: FORM }).transform((text, ctx) => {
  try {
    return parseKeyRing(text);
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
