import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TlsFiles } from './server-context.js';

/** PEM: a key (PKCS #8) and a self-signed certificate for 127.0.0.1. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export async function tlsFilesIn(dir: string, { key, cert }: Certificate): Promise<TlsFiles> {
  const files = { key: join(dir, 'tls.key'), cert: join(dir, 'tls.crt'), keystore: join(dir, 'tls.pem') };
  await Promise.all([writeFile(files.key, key, { mode: 0o600 }), writeFile(files.cert, cert), writeFile(files.keystore, key + cert, { mode: 0o600 })]);
  // PostgreSQL may run as another user, which must be able to read it.
  await chmod(files.cert, 0o644);
  return files;
}
