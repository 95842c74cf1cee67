import { Controller, Get, Inject } from '@nestjs/common';
import { NO_QUOTAS, Quotas, Role, type Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, Caller, Moment, Operation } from '@nuncio/service';
import { z } from 'zod';
import { PublishingQuotas } from '../ingest/publishing-quotas.js';
import { Holdings } from './holdings.js';

const used = (quota: keyof Quotas, description: string) =>
  z.object({ limit: z.int().nullable().describe('The limit; null = none'), used: z.int().nullable().describe(description) }).describe(Quotas.shape[quota].unwrap().description ?? '');

/** The quotas of the caller's tenant, and what is used of each. */
const QuotaUse = z
  .object({
    callbacks: used('callbacks', 'The callbacks that there are'),
    subscriptions: used('subscriptions', 'The subscriptions that there are'),
    eventsPerSecond: used('eventsPerSecond', 'The events that count against the present second, at the gateway that answers; null = without a limit they are not counted'),
    payloadBytesPerDay: used('payloadBytesPerDay', 'The bytes published today (UTC), at the gateway that answers, since it started'),
  } satisfies Record<keyof Quotas, unknown>)
  .meta({ id: 'QuotaUse' });

const Me = z
  .object({
    id: z.string().describe('`key_…`, `oidc:<sub>` or `portal:<subject>`'),
    role: Role,
    tenant: z.string().nullable().describe('null = no tenant: the caller reaches all of them'),
    groups: z.array(z.string()),
    expiresAt: Moment.nullable().describe('When the token ends; null = an API key, which lasts until it is revoked'),
    quotas: QuotaUse.nullable().describe("The quotas of the caller's tenant, and what is used of each; null = the caller has no tenant"),
  })
  .meta({ id: 'Me' });

@Controller('v1/me')
export class MeController {
  constructor(
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'get'>,
    @Inject(Holdings) private readonly holdings: Holdings,
    @Inject(PublishingQuotas) private readonly publishing: PublishingQuotas,
  ) {}

  @Operation({ id: 'getMe', description: 'The caller: id, role, tenant and groups, and until when; and the quotas of its tenant, with what is used of them.' })
  @Get()
  @Answers(Me)
  get(@Caller() { id, role, tenant, groups, until }: Principal): z.infer<typeof Me> {
    return { id, role, tenant, groups: [...groups], expiresAt: until === undefined ? null : new Date(until).toISOString(), quotas: tenant === null ? null : this.#quotasOf(tenant) };
  }

  #quotasOf(tenant: string): z.infer<typeof QuotaUse> {
    const limits = this.view.get('tenant', tenant)?.state.quotas ?? NO_QUOTAS;
    const { events, bytes } = this.publishing.usedBy(tenant, limits, Date.now());
    return {
      callbacks: { limit: limits.callbacks, used: this.holdings.of(tenant, 'callback') },
      subscriptions: { limit: limits.subscriptions, used: this.holdings.of(tenant, 'subscription') },
      eventsPerSecond: { limit: limits.eventsPerSecond, used: events },
      payloadBytesPerDay: { limit: limits.payloadBytesPerDay, used: bytes },
    };
  }
}
