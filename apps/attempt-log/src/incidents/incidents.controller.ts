import { Controller, Get, Inject, Query as QueryString } from '@nestjs/common';
import { adviceFields } from '@nuncio/auth';
import { reaches, TokenError, type Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, Caller, Moment, Operation, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { hostOf } from '../health/credential-health.js';
import { admits, conditions, fieldsOf, oneOf, refersTo, Time } from '../query/filters/filter.js';
import { ofTenant, reachOf, READERS } from '../query/reach.js';
import { costsOf, firstFailuresOf } from './cost.js';
import { incidentsOf, type Incident, type Located } from './incident.js';
import { OF_CALLBACKS, OF_CREDENTIALS, outagesOf } from './outages.js';
import type { Bind } from '../query/statement.js';

const WEEK_MS = 604_800_000;
const MOST_CALLBACKS = 100;

const State = z.enum(['open', 'over']);
const filters = { tenant: refersTo('tenant', 'tenant') };
const IncidentsQuery = z.strictObject({
  ...(fieldsOf(filters) as { tenant: z.ZodOptional<typeof filters.tenant.schema> }),
  state: oneOf('state', State).schema.optional().describe('Those in these states'),
  since: Time.optional().describe('Failures from then on; default: seven days ago'),
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('How many at most'),
});

const ShownIncident = z
  .object({
    kind: z.enum(['endpoint', 'authorization-server']).describe('What failed'),
    host: z.string().nullable().describe('Of the callbacks, or of the credentials, as they are now; null = they are gone').meta({ examples: ['hooks.acme.com'] }),
    errorClass: z.string().describe('What most of it failed by: of attempts, or of token requests').meta({ examples: ['timeout'] }),
    state: State.describe('`over` = each of its callbacks, or credentials, has succeeded since, or is disabled or deleted'),
    since: Moment.describe('The minute of the first failure'),
    until: Moment.nullable().describe('The end of the minute of the last failure; null = it is not over'),
    failed: z.int().describe('Attempts, or token requests, that failed'),
    callbacks: z.array(z.string()).describe(`Ids of the callbacks that it concerns and the caller may see, ${MOST_CALLBACKS} at most`),
    callbackCount: z.int().describe('How many these are in all'),
    credentials: z.array(z.string()).describe('Ids of the credentials; none of an endpoint'),
    waiting: z.int().describe('Deliveries to these callbacks of events that were published meanwhile: pending, held or parked now'),
    lost: z.int().describe('The same: failed or expired now'),
    firstFailure: z
      .object({ at: Moment, attempt: z.string().nullable().describe('Id of the attempt; null = it was a token request'), errorClass: z.string().nullable(), status: z.int().nullable(), detail: z.string().nullable(), tokenError: TokenError.nullable(), ...adviceFields })
      .nullable()
      .describe('null = the log does not keep it any more'),
  })
  .meta({ id: 'Incident' });

@Roles(...READERS)
@Controller('v1/incidents')
export class IncidentsController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'get' | 'all'>,
  ) {}

  @Operation({ id: 'listIncidents', description: 'What is broken, and what was: failures of one kind at one host, from when until when, and what they cost. Those that go on come first, then the newest.' })
  @Get()
  @Answers(z.object({ items: z.array(ShownIncident).describe('Those that go on first, then the newest') }))
  async list(@Caller() caller: Principal, @QueryString(valid(IncidentsQuery)) { tenant, state, since, limit }: z.infer<typeof IncidentsQuery>) {
    const range = { since: since === undefined ? Date.now() - WEEK_MS : Date.parse(since), until: Date.now() };
    const where = (of: 'callback' | 'credential') => (bind: Bind): string[] => [...conditions(filters, ofTenant(caller, { tenant }), bind), ...reachOf(caller, of)(bind)];
    const [callbacks, credentials] = await Promise.all([outagesOf(this.dataSource, OF_CALLBACKS, range, where('callback')), outagesOf(this.dataSource, OF_CREDENTIALS, range, where('credential'))]);
    const all = incidentsOf([...callbacks.map((outage) => this.#atEndpoint(outage)), ...credentials.map((outage) => this.#atServer(outage))]);
    const shown = all.filter((incident) => admits(state ?? [], stateOf(incident))).slice(0, limit);
    const behind = this.#behind(caller, shown);
    const callbacksOf = (incident: Incident): string[] => [...new Set(incident.outages.flatMap(({ id, kind }) => (kind === 'endpoint' ? id : (behind.get(id) ?? []))))];
    const [costs, failures] = await Promise.all([costsOf(this.dataSource, shown, callbacksOf), firstFailuresOf(this.dataSource, shown)]);
    return {
      items: shown.map((incident, n) => {
        const { kind, host, errorClass, since: first, until, failed, outages } = incident;
        const ids = callbacksOf(incident);
        const servers = kind === 'endpoint' ? [] : [...new Set(outages.map(({ id }) => id))];
        return { kind, host, errorClass, state: stateOf(incident), since: first, until, failed, callbacks: ids.slice(0, MOST_CALLBACKS), callbackCount: ids.length, credentials: servers, waiting: costs[n]?.waiting ?? 0, lost: costs[n]?.lost ?? 0, firstFailure: failures[n] ?? null };
      }),
    };
  }

  #atEndpoint(outage: Omit<Located, 'kind' | 'host'>): Located {
    const callback = this.view.get('callback', outage.id)?.state;
    return { ...outage, kind: 'endpoint', host: callback ? (URL.parse(callback.url)?.host ?? null) : null, isOver: outage.isOver || !callback?.enabled };
  }

  #atServer(outage: Omit<Located, 'kind' | 'host'>): Located {
    const credential = this.view.get('credential', outage.id)?.state;
    return { ...outage, kind: 'authorization-server', host: credential ? hostOf(credential) : null, isOver: outage.isOver || !credential };
  }

  /** Returns the callbacks that use these credentials, by the credential's id. */
  #behind(caller: Principal, incidents: readonly Incident[]): Map<string, string[]> {
    const behind = new Map(incidents.flatMap(({ kind, outages }) => (kind === 'endpoint' ? [] : outages.map(({ id }) => [id, [] as string[]] as const))));
    if (behind.size === 0) return behind;
    for (const { id, state } of this.view.all('callback', caller.tenant)) if (state.authentication.type === 'oauth2' && reaches(caller, state)) behind.get(state.authentication.credential)?.push(id);
    return behind;
  }
}

const stateOf = ({ until }: Incident): z.infer<typeof State> => (until === null ? 'open' : 'over');
