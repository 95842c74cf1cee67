import { Controller, Get, HttpStatus, Inject, Optional, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';
import { Public } from './auth.guard.js';

/** An app may provide this to say whether it can do its work now. */
export interface Readiness {
  /** A sentence for each thing that is missing; empty = ready. */
  ready(): Promise<string[]> | string[];
}
export const READINESS = Symbol('Readiness');

/** Liveness, readiness and Prometheus metrics of a service, on its own port. */
@Public()
@Controller()
export class HealthController {
  constructor(@Optional() @Inject(READINESS) private readonly readiness?: Readiness) {}

  @Get('health/live')
  live(): { status: string } {
    return { status: 'live' };
  }

  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string; missing: string[] }> {
    const missing = (await this.readiness?.ready()) ?? [];
    if (missing.length) void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: missing.length ? 'not ready' : 'ready', missing };
  }

  @Get('metrics')
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    await reply.type(register.contentType).send(await register.metrics());
  }
}
