import { Controller, Get, Inject, Param, Query as QueryString } from '@nestjs/common';
import { reaches, reference, type Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, Caller, Operation, pageOf, Roles, valid } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { oneOf } from '../query/filters/filter.js';
import { READERS } from '../query/reach.js';
import { idOf, notFound } from '../query/select.js';
import { credentialHealths, CredentialHealth, CredentialState, hostOf } from './credential-health.js';
import { healthPage, healthPaging } from './page-of-view.js';

const CredentialHealths = z.strictObject({ tenant: reference('tenant').optional(), host: z.string().optional().describe('Only credentials whose token URL or issuer is at this host'), state: oneOf('state', CredentialState).schema.optional().describe('Only credentials in these states'), ...healthPaging('credential') });

@Roles(...READERS)
@Controller('v1/credentials')
export class CredentialHealthController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) private readonly view: Pick<ConfigView, 'get' | 'all'>,
  ) {}

  @Operation({ id: 'listCredentialHealth', description: 'The health of credentials: whether they get tokens, and if not, why. Newest first.' })
  @Get('health')
  @Answers(pageOf(CredentialHealth))
  list(@Caller() caller: Principal, @QueryString(valid(CredentialHealths)) { id, tenant, host, state, limit, cursor }: z.infer<typeof CredentialHealths>) {
    const isMeant = ({ state: credential }: { state: Parameters<typeof hostOf>[0] & { tenant: string } }): boolean =>
      (tenant === undefined || credential.tenant === tenant) && (host === undefined || hostOf(credential) === host);
    return healthPage(this.view, 'credential', { caller, isMeant, ids: id, states: state, limit, cursor }, (page) => credentialHealths(this.dataSource, this.view, caller, page));
  }

  @Operation({ description: 'The health of one credential: whether it gets tokens, and if not, why.' })
  @Get(':id/health')
  @Answers(CredentialHealth)
  async health(@Caller() caller: Principal, @Param('id', idOf('credential')) id: string) {
    const credential = this.view.get('credential', id);
    const [health] = credential && reaches(caller, credential.state) ? await credentialHealths(this.dataSource, this.view, caller, [credential]) : [];
    if (!health) throw notFound('credential');
    return health;
  }
}
