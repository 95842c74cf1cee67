import { Controller, Get, Inject, Param } from '@nestjs/common';
import { advice } from '@nuncio/auth';
import { reaches, type Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Caller, Roles } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { READERS } from '../query/reach.js';
import { idOf, notFound } from '../query/select.js';
import { LAST_OF_EACH, tokenErrorOf, TODAY, type StoredFailure, type StoredSuccess, type StoredTokenRequest, type Today } from './select-token-requests.js';

/** How a credential does. Dates become RFC 3339 when it is written as JSON. */
export interface CredentialHealth {
  readonly credential: string;
  /** By the last request since the credential was changed; `unknown` = there was none. */
  readonly state: 'working' | 'failing' | 'unknown';
  /** Of the token that was fetched last. */
  readonly expiresAt: Date | null;
  readonly lastSuccess: { at: Date; durationMs: number; expiresAt: Date; scope: string | null } | null;
  readonly lastFailure: { at: Date; durationMs: number; tokenError: ReturnType<typeof tokenErrorOf>; advice: string; pausedUntil: Date | null } | null;
  /** Of this day, UTC. */
  readonly requestsToday: Today;
  /** Those the caller may see. */
  readonly callbacks: readonly { id: string; name: string; enabled: boolean }[];
}

@Roles(...READERS)
@Controller('v1/credentials')
export class CredentialHealthController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'get' | 'all'>,
  ) {}

  /** Out of what token-service told, some moments old at most. Never a token. */
  @Get(':id/health')
  async health(@Caller() caller: Principal, @Param('id', idOf('credential')) id: string): Promise<CredentialHealth> {
    const credential = this.view.get('credential', id);
    if (!credential || !reaches(caller, credential.state)) throw notFound('credential');
    const [lasts, [today]] = await Promise.all([this.dataSource.query<StoredTokenRequest[]>(LAST_OF_EACH, [id]), this.dataSource.query<Today[]>(TODAY, [id])]);
    const success = lasts.find((row): row is StoredSuccess => row.outcome === 'token');
    const failure = lasts.find((row): row is StoredFailure => row.outcome !== 'token');
    const [last] = lasts.filter(({ version }) => Number(version) >= credential.position);
    return {
      credential: id,
      state: last ? (last.outcome === 'token' ? 'working' : 'failing') : 'unknown',
      expiresAt: success?.expires_at ?? null,
      lastSuccess: success ? { at: success.at, durationMs: success.duration_ms, expiresAt: success.expires_at, scope: success.scope } : null,
      lastFailure: failure ? showFailure(failure) : null,
      requestsToday: today ?? { total: 0, failed: 0 },
      callbacks: [...this.#callbacksOf(id, caller)],
    };
  }

  *#callbacksOf(credential: string, caller: Principal): Iterable<{ id: string; name: string; enabled: boolean }> {
    for (const { id, state } of this.view.all('callback'))
      if (state.authentication.type === 'oauth2' && state.authentication.credential === credential && reaches(caller, state))
        yield { id, name: state.name, enabled: state.enabled };
  }
}

function showFailure(row: StoredFailure): CredentialHealth['lastFailure'] {
  const tokenError = tokenErrorOf(row);
  return { at: row.at, durationMs: row.duration_ms, tokenError, advice: advice(tokenError), pausedUntil: row.paused_until };
}
