import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { give, type PostgresServer } from '@nuncio/embedded';
import { Client } from 'pg';

/**
 * A base backup and the WAL after it, by PostgreSQL's low-level API, since the servers of tests come without `pg_basebackup`.
 * https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
 */
export class Archive {
  #label = '';

  private constructor(private readonly dir: string) {}

  static async make(): Promise<Archive> {
    const dir = await mkdtemp(join(tmpdir(), 'nuncio-archive-'));
    await mkdir(join(dir, 'wal'));
    await give(dir, join(dir, 'wal'));
    return new Archive(dir);
  }

  /** Settings of the server that is archived. */
  get settings(): Record<string, string> {
    return { archive_mode: 'on', archive_command: `test ! -f ${this.dir}/wal/%f && cp %p ${this.dir}/wal/%f` };
  }

  /** `data`: the server's directory. The server may keep running. */
  async backUp(url: string, data: string): Promise<void> {
    const client = new Client(url);
    await client.connect();
    try {
      await client.query(`select pg_backup_start('drill', true)`);
      tar('-C', data, '--exclude=./pg_wal/*', '--exclude=./postmaster.*', '-cf', this.#base, '.');
      const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(true)');
      this.#label = rows[0]?.labelfile ?? '';
    } finally {
      await client.end();
    }
  }

  /** Restores a stopped server to the archived one's state at a time (RFC 3339), or as far as there is WAL (null), and starts it. */
  async restore(server: PostgresServer, moment: string | null): Promise<void> {
    const { data } = server;
    await rm(data, { recursive: true, force: true });
    await mkdir(data, { mode: 0o700 });
    tar('-C', data, '-xpf', this.#base);
    await writeFile(join(data, 'backup_label'), this.#label);
    await writeFile(join(data, 'recovery.signal'), '');
    // PostgreSQL's setting does not accept `T` and `Z`.
    const time = moment?.replace('T', ' ').replace('Z', '+00');
    const target = time === undefined ? '' : `recovery_target_time = '${time}'\nrecovery_target_action = 'promote'\n`;
    const settings = join(data, 'postgresql.auto.conf');
    const before = await readFile(settings);
    await writeFile(settings, `${before.toString()}restore_command = 'cp ${this.dir}/wal/%f %p'\n${target}`);
    await give(data, join(data, 'backup_label'), join(data, 'recovery.signal'), settings);
    await server.start();
    // A later backup would contain the target, and a restore from it would stop there, or not start.
    await writeFile(settings, before);
  }

  remove(): Promise<void> {
    return rm(this.dir, { recursive: true, force: true });
  }

  get #base(): string {
    return join(this.dir, 'base.tar');
  }
}

/** Status 1 means that a file changed or vanished while it was read. The WAL makes up for that. */
function tar(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('tar', args, { encoding: 'utf8' });
  if (status !== 0 && status !== 1) throw new Error(`tar: ${stderr}`);
}
