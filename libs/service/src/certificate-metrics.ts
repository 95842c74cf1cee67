import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Gauge } from 'prom-client';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
let files: readonly (readonly [setting: string, path: string])[] = [];

/** The settings that name files of certificates, of those that a service has: `settings`. */
export const certificateFiles = (settings: readonly string[], env: NodeJS.ProcessEnv): [setting: string, path: string][] =>
  settings.filter((name) => /_(?:CA|CERT)_FILE$/.test(name)).flatMap((name) => (env[name] ? [[name, env[name]]] : []));

/** Tells how long the certificates in these files are valid. They are read whenever Prometheus asks, since they are renewed while the service runs. */
export function measureCertificates(given: readonly (readonly [setting: string, path: string])[]): void {
  files = given;
}

gauge('nuncio_certificate_begins_at_seconds', 'When the certificate in the file of a setting becomes valid, epoch seconds.', ({ from }) => from);
gauge('nuncio_certificate_ends_at_seconds', 'When the certificate in the file of a setting ends, epoch seconds. Of several authorities, the one that ends last counts.', ({ to }) => to);

interface Times {
  readonly from: number;
  readonly to: number;
}

/** A file that cannot be read now has no value. */
function gauge(name: string, help: string, of: (times: Times) => number): void {
  new Gauge({
    name,
    help,
    labelNames: ['setting'] as const,
    async collect() {
      this.reset();
      for (const [setting, path] of files) {
        const times = await timesIn(setting, path).catch(() => null);
        if (times) this.set({ setting }, of(times));
      }
    },
  });
}

async function timesIn(setting: string, path: string): Promise<Times | null> {
  const all = ((await readFile(path, 'utf8')).match(CERTIFICATE) ?? []).map((pem) => {
    const { validFromDate, validToDate } = new X509Certificate(pem);
    return { from: validFromDate.getTime() / 1_000, to: validToDate.getTime() / 1_000 };
  });
  // A client's own certificate comes first, and those that signed it follow (RFC 8446 §4.4.2).
  if (setting.endsWith('_CERT_FILE')) return all[0] ?? null;
  return all.sort((a, b) => b.to - a.to)[0] ?? null;
}
