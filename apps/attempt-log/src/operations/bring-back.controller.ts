import { Body, Controller, HttpStatus, Inject, Param, Post, Res } from '@nestjs/common';
import { Fault, reaches, type Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, Caller, Roles, valid } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { idOf, notFound } from '../query/select.js';
import { Operations, type Asked } from './operations.js';
import { Recover, Replay, type Selection } from './selection.js';

const Begun = z.object({
  count: z.int(),
  /** Its id; absent in a dry run. */
  operation: z.string().optional(),
});
type Begun = z.infer<typeof Begun>;

/** Sends again in bulk, without new retries: only what is terminal or parked, the rest is passed over. 202, of a dry run 200. */
@Controller('v1')
export class BringBackController {
  constructor(
    @Inject(Operations) private readonly operations: Operations,
    @Inject(ConfigView) private readonly view: ConfigView,
  ) {}

  /** What failed or expired of one callback. */
  @Post('callbacks/:id/recover')
  @Answers(Begun)
  @Roles('admin', 'consumer')
  async recover(
    @Caller() caller: Principal,
    @Param('id', idOf('callback')) callback: string,
    @Body(valid(Recover)) { since, until, ...asked }: z.infer<typeof Recover>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Begun> {
    if (!this.#reaches(caller, callback)) throw notFound('callback');
    return this.#begin(reply, { kind: 'recover', selection: { of: 'lost', callback, since, until: until ?? null }, caller, callback, ...asked });
  }

  /** Any selection of deliveries, or of events for one subscription. */
  @Post('replays')
  @Answers(Begun)
  @Roles('admin', 'provider', 'consumer')
  async replay(
    @Caller() caller: Principal,
    @Body(valid(Replay)) { select: selection, ...asked }: z.infer<typeof Replay>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Begun> {
    const only = this.#onlyCallback(selection);
    const callback = this.#reaches(caller, only) ? only : null;
    if (selection.of === 'events' && callback === null) throw noSubscription();
    return this.#begin(reply, { kind: 'replay', selection, caller, callback, ...asked });
  }

  async #begin(reply: FastifyReply, asked: Asked): Promise<Begun> {
    const begun = await this.operations.begin(asked);
    void reply.status(begun.operation ? HttpStatus.ACCEPTED : HttpStatus.OK);
    return begun;
  }

  #reaches(caller: Principal, callback: string | null): boolean {
    const found = callback === null ? undefined : this.view.get('callback', callback);
    return found !== undefined && reaches(caller, found.state);
  }

  #onlyCallback(selection: Selection): string | null {
    if (selection.of === 'lost') return selection.callback;
    if (selection.of === 'events') return this.#callbackOf(selection.subscription);
    const { callback = [], subscription = [] } = selection.filters;
    if (callback.length === 1) return callback[0] ?? null;
    return subscription.length === 1 ? this.#callbackOf(subscription[0] ?? '') : null;
  }

  #callbackOf(subscription: string): string | null {
    return this.view.get('subscription', subscription)?.state.callback ?? null;
  }
}

const noSubscription = (): Fault =>
  new Fault('invalid', 'One field is invalid.', {
    errors: [{ pointer: '/select/subscription', code: 'unknown', detail: 'there is no such subscription' }],
  });
