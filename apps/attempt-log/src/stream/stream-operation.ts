import { applyDecorators, Get, Header } from '@nestjs/common';
import { AnswersIn, Operation } from '@nuncio/service';

/** `GET …/stream`, which answers with server-sent events. */
export const StreamOperation = (description: string): MethodDecorator =>
  applyDecorators(Operation({ description }), Get('stream'), AnswersIn(['text/event-stream']), Header('cache-control', 'no-store'));
