import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Services, Stack } from '@nuncio/embedded';

/** The addresses of everything, for tools on this machine. The file exists while all of it is up; only its owner may read it, since the admin's key is in it. */
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
