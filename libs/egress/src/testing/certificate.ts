import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A self-signed certificate for `names` (`DNS:…`, `IP:…`), made by openssl; it is its own authority. */
export const makeCertificate = (...names: string[]): Certificate =>
  inFolder((folder) => {
    const subject = ['-subj', '/CN=nuncio test', '-addext', `subjectAltName=${names.join(',')}`];
    openssl(folder, 'req', '-x509', ...KEY, '-days', '1', '-out', 'cert.pem', ...subject);
    return { key: readFileSync(join(folder, 'key.pem'), 'utf8'), cert: readFileSync(join(folder, 'cert.pem'), 'utf8') };
  });

/** A certificate for customer.com signed by an authority, valid between two times (`YYYYMMDDHHMMSSZ`). */
export const makeCertificateOf = (authority: Certificate, from: string, to: string): Certificate =>
  inFolder((folder) => {
    for (const [name, text] of [['ca.key', authority.key], ['ca.pem', authority.cert], ['ca.cnf', AUTHORITY], ['index', ''], ['serial', '01']] as const) writeFileSync(join(folder, name), text);
    openssl(folder, 'req', '-new', ...KEY, '-out', 'request.pem', '-subj', '/CN=customer');
    openssl(folder, 'ca', '-batch', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-in', 'request.pem', '-out', 'cert.pem', '-startdate', from, '-enddate', to, '-notext');
    return { key: readFileSync(join(folder, 'key.pem'), 'utf8'), cert: readFileSync(join(folder, 'cert.pem'), 'utf8') };
  });

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'key.pem'];

/** Only this command of openssl makes certificates with other times than now. */
const AUTHORITY = `[ca]
default_ca = own
[own]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = DNS:customer.com
`;

const openssl = (folder: string, ...args: string[]): void => {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
};

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'egress-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
