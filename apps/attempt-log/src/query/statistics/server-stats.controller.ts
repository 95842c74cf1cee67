import { Controller, Get, Inject, Query as QueryString } from '@nestjs/common';
import { reaches, type Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, Caller, Operation, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { hostOf } from '../../health/credential-health.js';
import { READERS } from '../reach.js';
import { ServerStatsQuery } from './stats-query.js';
import { tokenFigures, tokenFiguresOf, type TokenFigures } from './token-figures.js';

const AuthorizationServerStats = z
  .object({
    host: z.string().describe('The host of a token URL or issuer').meta({ examples: ['id.acme.com'] }),
    credentials: z.int().describe('The number of credentials there that the caller may see'),
    ...tokenFigures,
  })
  .meta({ id: 'AuthorizationServerStats' });

/** $1: credentials, $2: the host of each. Rows are read and sorted once, as for the charts. */
const BY_HOST = tokenFiguresOf({
  by: ['host'],
  from: `(SELECT c.host, r.outcome, r.duration_ms FROM unnest($1::text[], $2::text[]) AS c (id, host) JOIN log.token_requests r ON r.credential = c.id WHERE r.at >= $3::timestamptz AND r.at < $4::timestamptz) a`,
});

@Roles(...READERS)
@Controller('v1/stats/authorization-servers')
export class ServerStatsController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'all'>,
  ) {}

  @Operation({ id: 'listAuthorizationServerStats', description: 'Token requests over the whole range by authorization server, those with the most requests first. Servers without a request are left out, and so are credentials that were deleted.' })
  @Get()
  @Answers(z.object({ items: z.array(AuthorizationServerStats).describe('The most requests first') }))
  async list(@Caller() caller: Principal, @QueryString(valid(ServerStatsQuery)) { tenant, host: hosts, since, until, limit }: ServerStatsQuery) {
    const seen = [...this.view.all('credential', caller.tenant)].flatMap(({ id, state }) => {
      const host = hostOf(state);
      const isMeant = reaches(caller, state) && (!tenant || tenant.includes(state.tenant)) && (!hosts || (host !== null && hosts.includes(host)));
      return isMeant && host !== null ? [{ id, host }] : [];
    });
    const credentials = Map.groupBy(seen, ({ host }) => host);
    const values = [seen.map(({ id }) => id), seen.map(({ host }) => host), new Date(since).toISOString(), new Date(until).toISOString(), limit];
    const rows = seen.length ? await this.dataSource.query<(TokenFigures & { readonly host: string })[]>(`${BY_HOST} ORDER BY requests DESC, host LIMIT $5`, values) : [];
    return { items: rows.map((row) => ({ ...row, credentials: credentials.get(row.host)?.length ?? 0 })) };
  }
}
