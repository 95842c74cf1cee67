import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes a certificate for 127.0.0.1, signed by itself, in `dir`. Returns the paths of its PEM files; `keystore` has the key and the certificate. */
export function ownCertificate(dir: string): { readonly key: string; readonly cert: string; readonly keystore: string } {
  const files = { key: join(dir, 'tls.key'), cert: join(dir, 'tls.crt'), keystore: join(dir, 'tls.pem') };
  const self = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', ...self, '-keyout', files.key, '-out', files.cert], { stdio: 'ignore' });
  execFileSync('sh', ['-c', `cat ${files.key} ${files.cert} > ${files.keystore}`]);
  return files;
}
