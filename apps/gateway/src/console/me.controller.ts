import { Controller, Get } from '@nestjs/common';
import { Role, type Principal } from '@nuncio/contracts';
import { Answers, Caller } from '@nuncio/service';
import { z } from 'zod';

const Me = z
  .object({
    /** `key_…`, `oidc:<sub>` or `portal:<subject>`. */
    id: z.string(),
    role: Role,
    /** null = no tenant's: all of them. */
    tenant: z.string().nullable(),
    groups: z.array(z.string()),
  })
  .meta({ id: 'Me' });

@Controller('v1/me')
export class MeController {
  /** Who is calling. */
  @Get()
  @Answers(Me)
  get(@Caller() { id, role, tenant, groups }: Principal): z.infer<typeof Me> {
    return { id, role, tenant, groups: [...groups] };
  }
}
