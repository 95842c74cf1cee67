import { Controller, Get, Inject, Param } from '@nestjs/common';
import { advice } from '@nuncio/auth';
import { reaches, TokenError, type Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, Caller, Moment, Roles } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { READERS } from '../query/reach.js';
import { idOf, notFound } from '../query/select.js';
import { LAST_OF_EACH, tokenErrorOf, TODAY, type StoredFailure, type StoredSuccess, type StoredTokenRequest, type Today } from './select-token-requests.js';

/** How a credential does. */
const CredentialHealth = z
  .object({
    credential: z.string(),
    /** By the last request since the credential was changed; `unknown` = there was none. */
    state: z.enum(['working', 'failing', 'unknown']),
    /** Of the token that is usable now; null = there is none. */
    expiresAt: Moment.nullable(),
    lastSuccess: z.object({ at: Moment, durationMs: z.number(), expiresAt: Moment, scope: z.string().nullable() }).nullable(),
    lastFailure: z.object({ at: Moment, durationMs: z.number(), tokenError: TokenError, advice: z.string(), pausedUntil: Moment.nullable() }).nullable(),
    /** Of this day, UTC. */
    requestsToday: z.object({ total: z.int(), failed: z.int() }),
    /** Those the caller may see. */
    callbacks: z.array(z.object({ id: z.string(), name: z.string(), enabled: z.boolean() })),
  })
  .meta({ id: 'CredentialHealth' });

@Roles(...READERS)
@Controller('v1/credentials')
export class CredentialHealthController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'get' | 'all'>,
  ) {}

  /** Out of what token-service told, some moments old at most. Never a token. */
  @Get(':id/health')
  @Answers(CredentialHealth)
  async health(@Caller() caller: Principal, @Param('id', idOf('credential')) id: string) {
    const credential = this.view.get('credential', id);
    if (!credential || !reaches(caller, credential.state)) throw notFound('credential');
    const [lasts, [today]] = await Promise.all([this.dataSource.query<StoredTokenRequest[]>(LAST_OF_EACH, [id]), this.dataSource.query<Today[]>(TODAY, [id])]);
    const success = lasts.find((row): row is StoredSuccess => row.outcome === 'token');
    const failure = lasts.find((row): row is StoredFailure => row.outcome !== 'token');
    const [last] = lasts.filter(({ version }) => Number(version) >= credential.position);
    return {
      credential: id,
      state: last ? (last.outcome === 'token' ? ('working' as const) : ('failing' as const)) : ('unknown' as const),
      expiresAt: success && isUsable(success, credential.position) ? success.expires_at : null,
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

/** A change of the credential ends its tokens, whatever their own end. */
const isUsable = ({ version, expires_at }: StoredSuccess, position: number): boolean => Number(version) >= position && expires_at.getTime() > Date.now();

function showFailure(row: StoredFailure) {
  const tokenError = tokenErrorOf(row);
  return { at: row.at, durationMs: row.duration_ms, tokenError, advice: advice(tokenError), pausedUntil: row.paused_until };
}
