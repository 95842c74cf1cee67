import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseEnv } from 'node:util';

/** The secrets of one installation, in the form of the services' settings. */
export interface Keys {
  /** Key rings, `id:base64 of 32 bytes`, for signing secrets, client secrets and tokens. */
  readonly SIGNING_KEYS: string;
  readonly CLIENT_KEYS: string;
  readonly TOKEN_KEYS: string;
  /** A key ring for the console's sessions. */
  readonly SESSION_KEYS: string;
  /** A ring of Ed25519 private keys for the portal's sessions, and their public halves. */
  readonly PORTAL_KEYS: string;
  readonly PORTAL_PUBLIC_KEYS: string;
  /** The key of the hashes under which API keys are stored. */
  readonly API_KEY_PEPPER: string;
  /** The API key of the first admin. */
  readonly ADMIN_API_KEY: string;
}

/**
 * The keys in this file, which is made if it does not exist: lines `NAME=value`, which `--env-file` reads too. Only its owner
 * may read it.
 */
export async function keysIn(file: string): Promise<Keys> {
  const known = parseEnv(await readFile(file, 'utf8').catch(() => '')) as Partial<Keys>;
  const portal = known.PORTAL_KEYS && known.PORTAL_PUBLIC_KEYS ? { PORTAL_KEYS: known.PORTAL_KEYS, PORTAL_PUBLIC_KEYS: known.PORTAL_PUBLIC_KEYS } : pair();
  const keys: Keys = {
    SIGNING_KEYS: known.SIGNING_KEYS ?? ring(),
    CLIENT_KEYS: known.CLIENT_KEYS ?? ring(),
    TOKEN_KEYS: known.TOKEN_KEYS ?? ring(),
    SESSION_KEYS: known.SESSION_KEYS ?? ring(),
    ...portal,
    API_KEY_PEPPER: known.API_KEY_PEPPER ?? randomBytes(32).toString('base64url'),
    ADMIN_API_KEY: known.ADMIN_API_KEY ?? randomBytes(24).toString('base64url'),
  };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(
    file,
    Object.entries(keys)
      .map(([name, value]) => `${name}=${value as string}\n`)
      .join(''),
    { mode: 0o600 },
  );
  return keys;
}

const ring = (): string => `k1:${randomBytes(32).toString('base64')}`;

function pair(): Pick<Keys, 'PORTAL_KEYS' | 'PORTAL_PUBLIC_KEYS'> {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const entry = (bytes: string): string => `k1:${Buffer.from(bytes, 'base64url').toString('base64')}`;
  return { PORTAL_KEYS: entry(d), PORTAL_PUBLIC_KEYS: entry(x) };
}
