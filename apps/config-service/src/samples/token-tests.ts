import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { advise, TokenAdviceCode } from '@nuncio/auth';
import { Fault, TokenError, tokenRequests, type TokenRequest } from '@nuncio/contracts';
import { BatchProducer } from '@nuncio/kafka';
import { z } from 'zod';
import { EventStore } from '../event-store/index.js';
import { Allowance } from './allowance.js';
import { Replies } from './replies.js';
import { REPLY_WITHIN_MS } from './samples.js';

export const TokenTestResult = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true).describe('The server gave a token'), expiresInSeconds: z.int().nullable().describe("From the server's answer; null = not given"), scope: z.string().nullable() }),
  z.object({ ok: z.literal(false).describe('The server gave no token'), tokenError: TokenError.nullable(), advice: z.string().nullable(), adviceCode: TokenAdviceCode.nullable().describe('The stable code of `advice`; null = there is no advice') }),
]).meta({ id: 'TokenTestResult' });
export type TokenTestResult = z.infer<typeof TokenTestResult>;

/** Has the token service fetch a token without its cache. */
@Injectable()
export class TokenTests {
  constructor(
    private readonly store: EventStore,
    private readonly producer: BatchProducer,
    private readonly replies: Replies,
    private readonly allowance: Allowance,
  ) {}

  /** Throws Fault `too-many-requests`, and `timeout` if the token service does not answer. */
  async run(credential: string): Promise<TokenTestResult> {
    await this.allowance.take(credential);
    const request: TokenRequest = { credential, position: await this.store.position(), generation: 0, reason: 'test', at: Date.now(), correlation: randomUUID() };
    const waiting = this.replies.wait('token-test', request.correlation ?? '', REPLY_WITHIN_MS);
    // Not awaited: if Kafka does not take it, there is no reply in time either.
    this.producer.sendJson(tokenRequests, credential, request, AbortSignal.timeout(REPLY_WITHIN_MS)).catch(() => undefined);
    const reply = await waiting;
    if (!reply) throw new Fault('timeout', `the token service did not answer within ${REPLY_WITHIN_MS / 1_000} s`, { retriable: true });
    const { ok, expiresInSeconds, scope, tokenError, advice } = reply;
    return ok ? { ok, expiresInSeconds, scope } : { ok, tokenError, advice, adviceCode: tokenError && advise(tokenError).code };
  }
}
