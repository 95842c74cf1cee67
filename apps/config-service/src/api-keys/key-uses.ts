import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Sorted, so that two writers cannot deadlock. */
const KEEP = `
  insert into config.key_uses as u (key, at) select * from unnest($1::text[], $2::timestamptz[]) as g (key, at) order by key
  on conflict (key) do update set at = excluded.at where u.at < excluded.at`;

/** When each API key was last used, as services report it, to a minute or two. Not part of configuration's history. */
@Injectable()
export class KeyUses {
  constructor(private readonly database: DataSource) {}

  /** `uses`: epoch milliseconds by key id. */
  async keep(uses: ReadonlyMap<string, number>): Promise<void> {
    if (uses.size) await this.database.query(KEEP, [[...uses.keys()], [...uses.values()].map((at) => new Date(at).toISOString())]);
  }

  /** The last use by key id. Keys without a known use are absent. */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    const uses = await this.database.query<{ key: string; at: Date }[]>('select key, at from config.key_uses where key = any($1)', [ids]);
    return new Map(uses.map(({ key, at }) => [key, at]));
  }

  /** Called when a key is revoked. */
  async forget(id: string): Promise<void> {
    await this.database.query('delete from config.key_uses where key = $1', [id]);
  }
}
