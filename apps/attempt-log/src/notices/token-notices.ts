import { Inject, Injectable } from '@nestjs/common';
import type { TokenEvent } from '@nuncio/contracts';
import { ConfigView, type Viewed } from '@nuncio/kafka';
import { DataSource } from 'typeorm';
import { lastOfEach, readSigns, type Read, type Sign } from './conditions.js';
import { isNews, type NoticeFact } from './notice-fact.js';
import { Notices } from './notices.js';

interface TokenSign extends Sign {
  readonly event: TokenEvent;
  readonly credential: Viewed<'credential'>;
}

/** Makes notices of token requests. */
@Injectable()
export class TokenNotices {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Notices) private readonly notices: Notices,
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'get'>,
  ) {}

  /** Resolves once the notices are stored. */
  async read(events: readonly TokenEvent[], now = Date.now()): Promise<void> {
    const signs = events.flatMap((event): TokenSign[] => {
      const credential = isNews(event.at, now) ? this.view.get('credential', event.credential) : undefined;
      return credential ? [{ about: 'credential', id: event.credential, failing: event.event === 'failed', at: event.at, event, credential }] : [];
    });
    await readSigns(this.dataSource, lastOfEach(signs), (changed, tx) => this.notices.tell(changed.map(turned), tx, now));
  }
}

function turned({ sign: { at, event, credential }, failingSince }: Read<TokenSign>): NoticeFact {
  const { id, state } = credential;
  const told = { subject: id, tenant: state.tenant, groups: state.groups, at, mark: at };
  const named = { credential: id, name: state.name };
  if (event.event === 'fetched') return { type: 'nuncio.credential.recovered', ...told, data: { ...named, failingSince: new Date(failingSince).toISOString() } };
  const { class: errorClass, httpStatus, code } = event.tokenError;
  return { type: 'nuncio.credential.failing', ...told, data: { ...named, tokenError: { class: errorClass, httpStatus, code } } };
}
