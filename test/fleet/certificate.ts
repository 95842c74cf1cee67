import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A key (PKCS #8) and a self-signed certificate for 127.0.0.1 or another name (`DNS:…`), made by openssl; PEM. */
export function certificate(name = 'IP:127.0.0.1'): { readonly key: string; readonly cert: string } {
  const dir = mkdtempSync(join(tmpdir(), 'nuncio-certificate-'));
  const [key, cert] = [join(dir, 'key'), join(dir, 'cert')];
  try {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...curve, '-days', '2', '-keyout', key, '-out', cert, '-subj', '/CN=nuncio test', '-addext', `subjectAltName=${name}`], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
