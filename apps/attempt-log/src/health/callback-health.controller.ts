import { Controller, Get, Inject, Param, Query as QueryString } from '@nestjs/common';
import { reaches, reference, type Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, Caller, Operation, pageOf, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Fleet } from '../fleet/fleet.js';
import { oneOf } from '../query/filters/filter.js';
import { READERS } from '../query/reach.js';
import { idOf, notFound } from '../query/select.js';
import { callbackHealths, CallbackHealth, CallbackState } from './callback-health.js';
import { healthPage, healthPaging } from './page-of-view.js';

const CallbackHealths = z.strictObject({ tenant: reference('tenant').optional(), application: reference('application').optional(), state: oneOf('state', CallbackState).schema.optional().describe('Only callbacks in these states'), ...healthPaging('callback') });

@Roles(...READERS)
@Controller('v1/callbacks')
export class CallbackHealthController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) readonly view: Pick<ConfigView, 'get' | 'all'>,
    @Inject(Fleet) readonly fleet: Pick<Fleet, 'loadOf'>,
  ) {}

  @Operation({ id: 'listCallbackHealth', description: 'The health of callbacks: whether they work, since when, and what waits for them. Newest first.' })
  @Get('health')
  @Answers(pageOf(CallbackHealth))
  list(@Caller() caller: Principal, @QueryString(valid(CallbackHealths)) { id, tenant, application, state, limit, cursor }: z.infer<typeof CallbackHealths>) {
    const isMeant = ({ state: callback }: { state: { tenant: string; application: string } }): boolean =>
      (tenant === undefined || callback.tenant === tenant) && (application === undefined || callback.application === application);
    return healthPage(this.view, 'callback', { caller, isMeant, ids: id, states: state, limit, cursor }, (page) => callbackHealths(this.dataSource, this, page));
  }

  @Operation({ description: 'The health of one callback: whether it works, since when, and what waits for it.' })
  @Get(':id/health')
  @Answers(CallbackHealth)
  async health(@Caller() caller: Principal, @Param('id', idOf('callback')) id: string) {
    const callback = this.view.get('callback', id);
    const [health] = callback && reaches(caller, callback.state) ? await callbackHealths(this.dataSource, this, [callback]) : [];
    if (!health) throw notFound('callback');
    return health;
  }
}
