import { Inject, Injectable } from '@nestjs/common';
import type { AttemptFact } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { DataSource } from 'typeorm';
import { expiringCertificate } from '../notices/expiring.js';
import { isNews } from '../notices/notice-fact.js';
import { Notices } from '../notices/notices.js';

/** How many callbacks' certificates are remembered, to spare a statement for each connection. */
const REMEMBERED = 10_000;

const KEEP = `
  INSERT INTO log.certificates AS c (callback, ends_at, seen_at) SELECT * FROM jsonb_to_recordset($1) AS g (callback text, ends_at timestamptz, seen_at timestamptz) ORDER BY callback
  ON CONFLICT (callback) DO UPDATE SET ends_at = excluded.ends_at, seen_at = excluded.seen_at WHERE c.seen_at < excluded.seen_at`;

/** A certificate that an endpoint presented; times in epoch milliseconds. */
interface Seen {
  readonly callback: string;
  readonly endsAt: number;
  readonly at: number;
}

/** Keeps when each endpoint's certificate ends, and gives notice as the end comes near. */
@Injectable()
export class Certificates {
  /** By callback: the end that is stored, and the mark of the last notice. */
  readonly #known = new Map<string, { readonly endsAt: number; readonly mark: number }>();

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Notices) private readonly notices: Pick<Notices, 'tell'>,
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'get'>,
  ) {}

  /** Resolves once new certificates, and the notices due, are stored. */
  async read(facts: readonly AttemptFact[], now = Date.now()): Promise<void> {
    const seen = lastOfEach(facts).map((one) => ({ ...one, notice: isNews(one.at, now) ? this.#noticeOf(one) : null }));
    const news = seen.filter(({ callback, endsAt, notice }) => {
      const known = this.#known.get(callback);
      return known?.endsAt !== endsAt || known.mark < (notice?.mark ?? 0);
    });
    if (!news.length) return;
    await this.dataSource.query(KEEP, [JSON.stringify(news.map(({ callback, endsAt, at }) => ({ callback, ends_at: new Date(endsAt).toISOString(), seen_at: new Date(at).toISOString() })))]);
    await this.notices.tell(news.flatMap(({ notice }) => notice ?? []), undefined, now);
    if (this.#known.size > REMEMBERED) this.#known.clear();
    for (const { callback, endsAt, notice } of news) this.#known.set(callback, { endsAt, mark: notice?.mark ?? 0 });
  }

  #noticeOf({ callback, endsAt, at }: Seen) {
    const viewed = this.view.get('callback', callback);
    return viewed ? expiringCertificate(viewed, endsAt, at) : null;
  }
}

function lastOfEach(facts: readonly AttemptFact[]): Seen[] {
  const last = new Map<string, Seen>();
  for (const fact of facts) {
    if (fact.fact !== 'attempted' || fact.certificateEndsAt === undefined) continue;
    const { callback, certificateEndsAt: endsAt, startedAt: at } = fact;
    if ((last.get(callback)?.at ?? -1) <= at) last.set(callback, { callback, endsAt, at });
  }
  return [...last.values()];
}
