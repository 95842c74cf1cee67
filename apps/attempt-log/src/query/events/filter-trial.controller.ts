import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { compileFilter, Filter, type Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, Caller, Moment, Operation, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { decodeCursor } from '../filters/filter.js';
import { reachOf, READERS } from '../reach.js';
import type { Page } from '../select.js';
import { addressedAs, SHOWN, type StoredEvent } from './event.js';
import { findEvents } from './find-events.js';
import { mayRead } from './may-read.js';
import { Pace } from './pace.js';
import { PayloadReads } from './payload-reads.js';

const MAX_EVENTS = 20;
/** How long to search for a full page. A page of a search may come back short, so several are read. */
const PATIENCE_MS = 1_000;

const Trial = z
  .strictObject({
    eventTypes: z.array(z.string().min(1).max(256)).min(1).max(50).describe('Event types, or `["*"]` for all').meta({ examples: [['invoice.paid']] }),
    filter: Filter,
    tenant: z.string().min(1).max(64).optional().describe('The tenant of the subscription, which the filter sees as `tenant`; by default the caller’s own').meta({ examples: ['acme'] }),
  })
  .meta({ id: 'FilterTrial' });

const Tried = z
  .object({
    items: z.array(z.object({ event: z.string(), ceId: z.string(), eventType: z.string(), createdAt: Moment.describe('When it was published'), passes: z.boolean().describe('Whether the filter passes it') })).describe('At most 20, newest first. For rare event types, as many as a second of searching finds'),
  })
  .meta({ id: 'TriedFilter' });

type WithPayload = StoredEvent & { readonly payload: Buffer };

/** Tries a filter on past events before a subscription has it. */
@Roles(...READERS)
@Controller('v1/events/try-filter')
export class FilterTrialController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: ConfigView,
    @Inject(PayloadReads) private readonly reads: PayloadReads,
  ) {}

  @Operation({ id: 'tryFilter', description: 'Which of the newest events of these types a filter passes, out of those whose payload the caller may read. Changes nothing.', example: { eventTypes: ['invoice.paid'], filter: { exact: { '/data/country': 'DE' } } } })
  @Post()
  @Answers(Tried)
  @HttpCode(200)
  try(@Caller() caller: Principal, @Body(valid(Trial)) trial: z.infer<typeof Trial>): Promise<z.infer<typeof Tried>> {
    return this.reads.count(caller, () => this.#tried(caller, trial));
  }

  async #tried(caller: Principal, { eventTypes, filter, tenant }: z.infer<typeof Trial>): Promise<z.infer<typeof Tried>> {
    const passes = compileFilter(filter, caller.tenant ?? tenant ?? '');
    const reach = reachOf(caller);
    const pace = new Pace();
    const items = [];
    for (const event of await this.#newest(caller, eventTypes)) {
      if (await mayRead(this.dataSource, this.view, event, reach))
        items.push({ event: event.id, ceId: event.ce_id, eventType: event.event_type, createdAt: event.event_at.toISOString(), passes: passes(addressedAs(event).event) });
      await pace.after(event.payload);
    }
    return { items };
  }

  async #newest(caller: Principal, eventTypes: readonly string[]): Promise<WithPayload[]> {
    const types = eventTypes.includes('*') ? {} : { eventType: [...eventTypes] };
    const until = Date.now() + PATIENCE_MS;
    const found: WithPayload[] = [];
    for (let next: string | null = ''; next !== null && found.length < MAX_EVENTS && Date.now() < until; ) {
      const query = { ...types, limit: MAX_EVENTS - found.length, ...(next && { cursor: decodeCursor(next) }) };
      const page: Page<WithPayload> = await findEvents<WithPayload>(this.dataSource, caller, query, `${SHOWN}, e.payload`);
      found.push(...page.items);
      next = page.next;
    }
    return found;
  }
}
