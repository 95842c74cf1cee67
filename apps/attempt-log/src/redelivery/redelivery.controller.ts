import { Body, Controller, HttpCode, HttpStatus, Inject, Param, Post, Res } from '@nestjs/common';
import { invalidFields, reaches, type Fault, type Principal } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, Caller, Operation, Roles, valid } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { idOf, notFound } from '../query/select.js';
import { ShownBegun, showBegun } from './begun.js';
import { Operations, type Wanted } from './operations.js';
import { Cancel, OfCallback, Recover, Replay, SendNow, type Selection } from './selection.js';

/**
 * Bulk operations: send deliveries again, bring them forward, or cancel them. A delivery that has changed meanwhile is
 * passed over. Answers 202; 200 for a dry run.
 */
@Controller('v1')
export class RedeliveryController {
  constructor(
    @Inject(Operations) private readonly operations: Operations,
    @Inject(ConfigView) private readonly view: ConfigView,
  ) {}

  @Operation({ description: 'Sends the failed and expired deliveries of one callback again, without new retries. 202 with the operation that does it. A dry run answers 200, and only counts.', statuses: [202, 200] })
  @Post('callbacks/:id/recover')
  @Answers(ShownBegun)
  @HttpCode(HttpStatus.ACCEPTED)
  @Roles('admin', 'consumer')
  async recover(
    @Caller() caller: Principal,
    @Param('id', idOf('callback')) callback: string,
    @Body(valid(Recover)) { since, until, ...asked }: z.infer<typeof Recover>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (!this.#reaches(caller, callback)) throw notFound('callback');
    return this.#begin(reply, { kind: 'recover', selection: { of: 'lost', callback, since, until: until ?? null }, caller, callback, ...asked });
  }

  @Operation({ id: 'replayDeliveries', description: 'Sends a selection of deliveries again, or a selection of events to one subscription, without new retries. 202 with the operation that does it. A dry run answers 200, and only counts.', statuses: [202, 200] })
  @Post('replays')
  @Answers(ShownBegun)
  @HttpCode(HttpStatus.ACCEPTED)
  @Roles('admin', 'provider', 'consumer')
  async replay(@Caller() caller: Principal, @Body(valid(Replay)) { select: selection, ...asked }: z.infer<typeof Replay>, @Res({ passthrough: true }) reply: FastifyReply) {
    const callback = this.#onlyCallback(caller, selection);
    if (selection.of === 'events' && callback === null) throw noSubscription();
    return this.#begin(reply, { kind: 'replay', selection, caller, callback, ...asked });
  }

  @Operation({ id: 'sendCallbackNow', description: 'Sends the pending and held deliveries of one callback at once, for example once its endpoint works again. 202 with the operation that does it. A dry run answers 200, and only counts.', statuses: [202, 200] })
  @Post('callbacks/:id/send-now')
  @Answers(ShownBegun)
  @HttpCode(HttpStatus.ACCEPTED)
  @Roles('admin', 'provider', 'consumer')
  sendNowOf(
    @Caller() caller: Principal,
    @Param('id', idOf('callback')) callback: string,
    @Body(valid(OfCallback)) { since, until, ...asked }: z.infer<typeof OfCallback>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (!this.#reaches(caller, callback)) throw notFound('callback');
    return this.#begin(reply, { kind: 'send-now', selection: { of: 'deliveries', filters: { callback: [callback], since, until } }, caller, callback, ...asked });
  }

  @Operation({ id: 'sendDeliveriesNow', description: 'Sends a selection of pending and held deliveries at once. 202 with the operation that does it. A dry run answers 200, and only counts.', statuses: [202, 200] })
  @Post('deliveries/send-now')
  @Answers(ShownBegun)
  @HttpCode(HttpStatus.ACCEPTED)
  @Roles('admin', 'provider', 'consumer')
  sendNow(@Caller() caller: Principal, @Body(valid(SendNow)) { select: selection, ...asked }: z.infer<typeof SendNow>, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.#begin(reply, { kind: 'send-now', selection, caller, callback: this.#onlyCallback(caller, selection), ...asked });
  }

  @Operation({ description: 'Cancels a selection of pending, held and parked deliveries, which are then never sent. 202 with the operation that does it. A dry run answers 200, and only counts.', statuses: [202, 200] })
  @Post('deliveries/cancel')
  @Answers(ShownBegun)
  @HttpCode(HttpStatus.ACCEPTED)
  @Roles('admin', 'provider', 'consumer')
  cancel(@Caller() caller: Principal, @Body(valid(Cancel)) { select: selection, ...asked }: z.infer<typeof Cancel>, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.#begin(reply, { kind: 'cancel', selection, caller, callback: this.#onlyCallback(caller, selection), ...asked });
  }

  async #begin(reply: FastifyReply, wanted: Wanted) {
    const begun = await this.operations.begin(wanted);
    if (!begun.operation) void reply.status(HttpStatus.OK);
    return showBegun(begun, wanted.dryRun);
  }

  #reaches(caller: Principal, callback: string | null): boolean {
    const found = callback === null ? undefined : this.view.get('callback', callback);
    return found !== undefined && reaches(caller, found.state);
  }

  /** The one callback that a selection is limited to; null if there is none, or the caller may not manage it. */
  #onlyCallback(caller: Principal, selection: Selection): string | null {
    const only = this.#named(selection);
    return this.#reaches(caller, only) ? only : null;
  }

  #named(selection: Selection): string | null {
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
  invalidFields([{ pointer: '/select/subscription', code: 'unknown', detail: 'there is no such subscription' }]);
