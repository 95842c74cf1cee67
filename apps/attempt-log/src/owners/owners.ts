import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { AggregateRecord, Labels } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { DataSource } from 'typeorm';

/** The tenant, groups and labels of a callback or credential, as stored with the log. */
interface Owned {
  readonly kind: 'callback' | 'credential';
  readonly id: string;
  readonly position: number;
  readonly tenant: string;
  readonly groups: readonly string[];
  readonly labels: Labels;
}

/** One statement for any number of rows. JSON, since groups are lists. A row with a later position stays. */
const UPSERT = `
  INSERT INTO log.owners AS o (kind, id, tenant, groups, labels, position)
  SELECT kind, id, tenant, groups, labels, position FROM json_to_recordset($1) AS r (kind text, id text, tenant text, groups text[], labels jsonb, position bigint) ORDER BY kind, id
  ON CONFLICT (kind, id) DO UPDATE SET groups = excluded.groups, labels = excluded.labels, position = excluded.position
  WHERE excluded.position > o.position OR excluded.position = o.position AND o.labels IS NULL`;
const AT_ONCE = 5_000;
const AGAIN_MS = 1_000;

/** Keeps the owners of every callback and credential in the log, so that whoever could read its deliveries still can after it was deleted. */
@Injectable()
export class Owners implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('Owners');
  readonly #changed = new Map<string, Owned>();
  #writing: Promise<void> | null = null;
  #stopping = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'all' | 'onChange'>,
  ) {
    view.onChange((record) => {
      if (this.#note(record)) void this.#write();
    });
  }

  /** Stores all that is known before the first request. */
  async onApplicationBootstrap(): Promise<void> {
    for (const kind of ['callback', 'credential'] as const) for (const record of this.view.all(kind)) this.#note(record as AggregateRecord);
    await this.#write();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping = true;
    await this.#writing;
  }

  #note(record: AggregateRecord): boolean {
    if ((record.kind !== 'callback' && record.kind !== 'credential') || !record.state) return false;
    const { kind, id, position, state } = record;
    this.#changed.set(`${kind} ${id}`, { kind, id, position, tenant: state.tenant, groups: state.groups, labels: state.labels ?? {} });
    return true;
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = null));
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    let isFailing = false;
    while (this.#changed.size && !this.#stopping) {
      const some = [...this.#changed].slice(0, AT_ONCE);
      try {
        await this.dataSource.query(UPSERT, [JSON.stringify(some.map(([, owned]) => owned))]);
        for (const [key, owned] of some) if (this.#changed.get(key) === owned) this.#changed.delete(key);
        isFailing = false;
      } catch (error) {
        if (!isFailing) this.#logger.warn(`cannot store owners, trying again each second: ${String(error)}`);
        isFailing = true;
        await pause(AGAIN_MS);
      }
    }
  }
}
