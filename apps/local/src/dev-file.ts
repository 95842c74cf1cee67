import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Services, Stack } from '@nuncio/embedded';

/**
 * A file with the addresses of everything, for tools on this machine. It exists while all services run. Only its owner may read it, since it has the
 * admin's key.
 */
export class DevFile {
  constructor(private readonly path: string) {}

  write({ url, adminKey, topicPrefix, services }: Services, { brokers, databaseUrl, redisUrl }: Stack): void {
    const content = JSON.stringify({ url, adminKey, brokers, databaseUrl, redisUrl, topicPrefix, services }, null, 2);
    writeFileSync(`${this.path}.new`, `${content}\n`, { mode: 0o600 });
    renameSync(`${this.path}.new`, this.path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}
