import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { adviceOf, maybeAdvice } from '@nuncio/auth';
import { SampleResult, samples, type Sample } from '@nuncio/contracts';
import { BatchProducer } from '@nuncio/kafka';
import type { z } from 'zod';
import { EventStore } from '../event-store/index.js';
import { Allowance } from './allowance.js';
import { Replies } from './replies.js';

/** The longest time that the HTTP call waits for a reply. */
export const REPLY_WITHIN_MS = 20_000;

/** The result of a sample, and what to do about a failure. */
export const TestResult = SampleResult.extend(maybeAdvice).meta({ id: 'TestResult' });
export type TestResult = z.infer<typeof TestResult>;

/** Has a dispatcher send one sample, signed and authorized like a delivery, and waits for the result. */
@Injectable()
export class Samples {
  constructor(
    private readonly store: EventStore,
    private readonly producer: BatchProducer,
    private readonly replies: Replies,
    private readonly allowance: Allowance,
  ) {}

  /** Sends `nuncio.test` if no event is given. Throws Fault `too-many-requests`. */
  async send(callback: string, event?: Sample['event']): Promise<TestResult> {
    await this.allowance.take(callback);
    const at = Date.now();
    const sample: Sample = { correlation: randomUUID(), callback, position: await this.store.position(), at, expiresAt: at + REPLY_WITHIN_MS, event };
    const reply = this.replies.wait('sample', sample.correlation, REPLY_WITHIN_MS);
    // Not awaited: if Kafka does not take it, there is no reply in time either.
    this.producer.sendJson(samples, callback, sample, AbortSignal.timeout(REPLY_WITHIN_MS)).catch(() => undefined);
    const { ok, status, timingsMs, error, tokenError, response, sentHeaders } = (await reply) ?? UNANSWERED;
    return { ok, status, timingsMs, error, tokenError, response, sentHeaders, ...adviceOf({ error, response, tokenError }) };
  }
}

const UNANSWERED: SampleResult = {
  ok: false,
  status: null,
  timingsMs: {},
  error: { class: 'internal', detail: `no dispatcher answered within ${REPLY_WITHIN_MS / 1_000} s; the endpoint may or may not have been called` },
  tokenError: null,
  response: null,
  sentHeaders: null,
};
