import { Controller, Get, HttpStatus, Inject, Optional, Res } from '@nestjs/common';
import { kafkaFaults } from '@nuncio/kafka';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';
import { Public } from './auth.guard.js';

/** An app may provide this to say whether it can do its work now. */
export interface Readiness {
  /** A sentence for each thing that is missing; empty = ready. */
  ready(): Promise<string[]> | string[];
  /** A sentence for each thing that does not work although it is ready, besides what Kafka refuses. */
  impaired?(): string[];
}
export const READINESS = Symbol('Readiness');

/** What does not work in this process, except what `missing` says already. */
export const impairedBeside = (missing: readonly string[], readiness?: Readiness): string[] => [...(readiness?.impaired?.() ?? []), ...kafkaFaults()].filter((fault) => !missing.includes(fault));

/** Liveness, readiness and Prometheus metrics of a service, on its own port. */
@Public()
@Controller()
export class HealthController {
  constructor(@Optional() @Inject(READINESS) private readonly readiness?: Readiness) {}

  @Get('health/live')
  live(): { status: string } {
    return { status: 'live' };
  }

  /** `impaired`: what does not work although the service is ready, since its API works without it. */
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string; missing: string[]; impaired: string[] }> {
    const missing = (await this.readiness?.ready()) ?? [];
    if (missing.length) void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: missing.length ? 'not ready' : 'ready', missing, impaired: impairedBeside(missing, this.readiness) };
  }

  @Get('metrics')
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    await reply.type(register.contentType).send(await register.metrics());
  }
}
