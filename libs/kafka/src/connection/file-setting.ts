import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A path to a readable file, whose content `check` accepts; it throws a sentence that says what is wrong. */
const fileWith = (check: (content: string) => void) =>
  z.string().superRefine((path, ctx) => {
    try {
      check(readFileSync(path, 'utf8'));
    } catch (error) {
      ctx.addIssue({ code: 'custom', message: `"${path}" cannot be used: ${error instanceof Error ? error.message : String(error)}` });
    }
  });

/** A path to an existing, readable file. */
export const file = fileWith(() => undefined);
/** A path to a PEM file of one certificate or several. */
export const certificateFile = fileWith((pem) => { certificateIn(pem); });
/** A path to a PEM file of a private key. */
export const keyFile = fileWith((pem) => { keyIn(pem); });

/** Whether the key belongs to the first certificate; also true if one of the files cannot be used, which its own setting says. */
export function isPair(certPath: string, keyPath: string): boolean {
  try {
    return certificateIn(readFileSync(certPath, 'utf8')).checkPrivateKey(keyIn(readFileSync(keyPath, 'utf8')));
  } catch {
    return true;
  }
}

// The words of OpenSSL do not say what to do, and are left out.
function certificateIn(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new Error('it holds no certificate in PEM', { cause });
  }
}

function keyIn(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new Error('it holds no private key in PEM, or one with a passphrase', { cause });
  }
}
