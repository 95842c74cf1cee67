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
    for: z.enum(['resend', 'send-now', 'cancel']).describe('What was asked for'),
    number: z.int().describe('Of the attempt that is to be made, or not to be made'),
    requestedBy: z.string().describe('The key or person who asked'),
    at: Moment.describe('When'),
    repeated: z.boolean().describe('It was asked for before, and has not run so far: this number is attempted once, whoever asks how often'),
    parks: z.boolean().describe('It waits until its subscription, or its callback, is active'),
  }).describe('What was asked for, and what comes of it'),
}).meta({ id: 'AskedDelivery' });

/** Operations on a single delivery. 202 once Kafka has the request; 409 names what can be done instead. */
@Roles('admin', 'provider', 'consumer')
@Controller('v1/deliveries')
export class OneDeliveryController {
  constructor(@Inject(OneDelivery) private readonly deliveries: OneDelivery) {}

  @Operation({ description: 'Sends it once more, with the next number and without retries. 202 when Kafka has it.', errors: ['illegal-move'] })
  @Post(':id/resend')
  @Answers(AskedOf)
  @HttpCode(HttpStatus.ACCEPTED)
  resend(@Caller() caller: Principal, @Param('id', idOf('delivery')) id: string) {
    return this.deliveries.resend(caller, id);
  }

  @Operation({ id: 'sendDeliveryNow', description: 'Brings the attempt forward that is due later; its number and the plan stay. 202 when Kafka has it.', errors: ['illegal-move'] })
  @Post(':id/send-now')
  @Answers(AskedOf)
  @HttpCode(HttpStatus.ACCEPTED)
  sendNow(@Caller() caller: Principal, @Param('id', idOf('delivery')) id: string) {
    return this.deliveries.sendNow(caller, id);
  }

  @Operation({ description: 'Ends it: what waits is never sent. What is on its way to the endpoint is not called back. 202 when Kafka has it.', errors: ['illegal-move'] })
  @Post(':id/cancel')
  @Answers(AskedOf)
  @HttpCode(HttpStatus.ACCEPTED)
  cancel(@Caller() caller: Principal, @Param('id', idOf('delivery')) id: string) {
    return this.deliveries.cancel(caller, id);
  }
}
