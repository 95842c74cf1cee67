import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** In order, so that no two writers wait for each other. */
const KEEP = `
  insert into config.key_uses as u (key, at) select * from unnest($1::text[], $2::timestamptz[]) as g (key, at) order by key
  on conflict (key) do update set at = excluded.at where u.at < excluded.at`;

/** When API keys were used last, as services tell of it: to a minute or two. It is no part of configuration's history. */
@Injectable()
export class KeyUses {
  constructor(private readonly database: DataSource) {}

  /** `uses`: epoch milliseconds by id. */
  async keep(uses: ReadonlyMap<string, number>): Promise<void> {
    if (uses.size) await this.database.query(KEEP, [[...uses.keys()], [...uses.values()].map((at) => new Date(at).toISOString())]);
  }

  /** Of those of which it is known. */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    const uses = await this.database.query<{ key: string; at: Date }[]>('select key, at from config.key_uses where key = any($1)', [ids]);
    return new Map(uses.map(({ key, at }) => [key, at]));
  }

  /** Of a key that is revoked. */
  async forget(id: string): Promise<void> {
    await this.database.query('delete from config.key_uses where key = $1', [id]);
  }
}
