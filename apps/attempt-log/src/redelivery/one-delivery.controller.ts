import { Controller, HttpCode, HttpStatus, Inject, Param, Post } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { Answers, Caller, Moment, Operation, Roles } from '@nuncio/service';
import { z } from 'zod';
import { ShownDelivery } from '../query/deliveries/delivery.js';
import { idOf } from '../query/select.js';
import { OneDelivery } from './one-delivery.js';

/**
 * The delivery as it is now, and the request that was accepted. Its result appears in the delivery once a dispatcher has carried
 * it out.
 */
const AskedOf = ShownDelivery.extend({
  asked: z.object({
    for: z.enum(['resend', 'send-now', 'cancel']).describe('What was requested'),
    number: z.int().describe('The number of the attempt that will be made, or is canceled'),
    requestedBy: z.string().describe('The key or person who made the request'),
    at: Moment.describe('When'),
    repeated: z.boolean().describe('The same was requested before and has not run yet. This attempt number runs once, however often it is requested'),
    parks: z.boolean().describe('The delivery waits until its subscription and its callback are active'),
  }).describe('What was requested, and what follows from it'),
}).meta({ id: 'AskedDelivery' });

/** Operations on a single delivery. 202 once Kafka has the request; 409 names what can be done instead. */
@Roles('admin', 'provider', 'consumer')
@Controller('v1/deliveries')
export class OneDeliveryController {
  constructor(@Inject(OneDelivery) private readonly deliveries: OneDelivery) {}

  @Operation({ description: 'Sends the delivery once more, as its next attempt and without retries. 202 once Kafka has the request.', errors: ['illegal-move'] })
  @Post(':id/resend')
  @Answers(AskedOf)
  @HttpCode(HttpStatus.ACCEPTED)
  resend(@Caller() caller: Principal, @Param('id', idOf('delivery')) id: string) {
    return this.deliveries.resend(caller, id);
  }

  @Operation({ id: 'sendDeliveryNow', description: 'Makes the next attempt now. Its number and the retry schedule stay the same. 202 once Kafka has the request.', errors: ['illegal-move'] })
  @Post(':id/send-now')
  @Answers(AskedOf)
  @HttpCode(HttpStatus.ACCEPTED)
  sendNow(@Caller() caller: Principal, @Param('id', idOf('delivery')) id: string) {
    return this.deliveries.sendNow(caller, id);
  }

  @Operation({ description: 'Cancels the delivery: the waiting attempt is never made. A request that is already on its way to the endpoint is not aborted. 202 once Kafka has the request.', errors: ['illegal-move'] })
  @Post(':id/cancel')
  @Answers(AskedOf)
  @HttpCode(HttpStatus.ACCEPTED)
  cancel(@Caller() caller: Principal, @Param('id', idOf('delivery')) id: string) {
    return this.deliveries.cancel(caller, id);
  }
}
