import { Controller, Get, HttpCode, HttpStatus, Inject, Param, Post, Query as QueryString } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { Answers, Caller, Operation, pageOf, pathPart, Roles, valid } from '@nuncio/service';
import { listQuery, type Query } from '../query/filters/filter.js';
import { READERS } from '../query/reach.js';
import { idOf } from '../query/select.js';
import { operationFilters, showOperation, ShownOperation } from './operation.js';
import { OperationMove, Operations } from './operations.js';

@Controller('v1/operations')
export class OperationsController {
  constructor(@Inject(Operations) private readonly operations: Operations) {}

  @Operation({ description: 'The bulk operations that the caller may see, newest first.' })
  @Get()
  @Answers(pageOf(ShownOperation))
  @Roles(...READERS)
  async list(@Caller() caller: Principal, @QueryString(valid(listQuery(operationFilters))) query: Query<typeof operationFilters>) {
    const { items, next } = await this.operations.list(caller, query);
    return { items: items.map(showOperation), next };
  }

  @Operation({ description: 'One bulk operation, and how far it is.' })
  @Get(':id')
  @Answers(ShownOperation)
  @Roles(...READERS)
  async one(@Caller() caller: Principal, @Param('id', idOf('operation')) id: string) {
    return showOperation(await this.operations.find(id, caller));
  }

  @Operation({ description: 'Pauses, resumes or cancels an operation. Deliveries that Kafka already has are sent all the same.', errors: ['illegal-move'] })
  @Post(':id/:move')
  @Answers(ShownOperation)
  @HttpCode(HttpStatus.OK)
  @Roles('admin', 'provider', 'consumer')
  async move(@Caller() caller: Principal, @Param('id', idOf('operation')) id: string, @Param('move', pathPart(OperationMove)) move: OperationMove) {
    return showOperation(await this.operations.move(id, move, caller));
  }
}
