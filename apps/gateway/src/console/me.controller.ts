import { Controller, Get } from '@nestjs/common';
import { Role, type Principal } from '@nuncio/contracts';
import { Answers, Caller, Moment, Operation } from '@nuncio/service';
import { z } from 'zod';

const Me = z
  .object({
    id: z.string().describe('`key_…`, `oidc:<sub>` or `portal:<subject>`'),
    role: Role,
    tenant: z.string().nullable().describe('null = no tenant: the caller reaches all of them'),
    groups: z.array(z.string()),
    expiresAt: Moment.nullable().describe('When the token ends; null = an API key, which lasts until it is revoked'),
  })
  .meta({ id: 'Me' });

@Controller('v1/me')
export class MeController {
  @Operation({ id: 'getMe', description: 'The caller: id, role, tenant and groups, and until when.' })
  @Get()
  @Answers(Me)
  get(@Caller() { id, role, tenant, groups, until }: Principal): z.infer<typeof Me> {
    return { id, role, tenant, groups: [...groups], expiresAt: until === undefined ? null : new Date(until).toISOString() };
  }
}
