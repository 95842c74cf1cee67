import { Controller, Get } from '@nestjs/common';
import { Callback } from '@nuncio/contracts';
import { profiles } from '@nuncio/retry';
import { Answers, Operation, pageOf, Roles } from '@nuncio/service';
import { z } from 'zod';
import { readers } from '../access.js';

const { method, envelope, timeoutMs, retry, onTokenFailure, limits } = Callback.shape;

const ShownProfile = z
  .object({
    name: Callback.shape.profile.describe('The name of the profile'),
    method,
    scheme: z.string().describe('The signing scheme without OAuth').meta({ examples: ['standard-webhooks'] }),
    oauthScheme: z.string().describe('The signing scheme with OAuth').meta({ examples: ['standard-webhooks'] }),
    envelope,
    timeoutMs,
    retry,
    onTokenFailure,
    limits,
  })
  .meta({ id: 'Profile' });

@Controller('v1/profiles')
export class ProfilesController {
  @Roles(...readers)
  @Operation({ description: 'The profiles, and what each presets. A callback has these settings, except for those of its own (`ownSettings`).' })
  @Get()
  @Answers(pageOf(ShownProfile))
  list() {
    return { items: Object.values(profiles), next: null };
  }
}
