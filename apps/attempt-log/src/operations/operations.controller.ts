import { Controller, Get, HttpCode, HttpStatus, Inject, Param, Post, Query as QueryString } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { Caller, Roles, valid } from '@nuncio/service';
import { listQuery, type Paging } from '../query/filter.js';
import { READERS } from '../query/reach.js';
import { idOf, notFound, type Page } from '../query/select.js';
import { showOperation, type ShownOperation } from './operation.js';
import { isMove, Operations } from './operations.js';

@Controller('v1/operations')
export class OperationsController {
  constructor(@Inject(Operations) private readonly operations: Operations) {}

  @Get()
  @Roles(...READERS)
  async list(@Caller() caller: Principal, @QueryString(valid(listQuery({}))) query: Paging): Promise<Page<ShownOperation>> {
    const { items, next } = await this.operations.list(caller, query);
    return { items: items.map(showOperation), next };
  }

  @Get(':id')
  @Roles(...READERS)
  async one(@Caller() caller: Principal, @Param('id', idOf('operation')) id: string): Promise<ShownOperation> {
    return showOperation(await this.operations.find(id, caller));
  }

  /** `pause`, `resume`, `cancel`. What Kafka has got already is sent all the same. */
  @Post(':id/:move')
  @HttpCode(HttpStatus.OK)
  @Roles('admin', 'provider', 'consumer')
  async move(@Caller() caller: Principal, @Param('id', idOf('operation')) id: string, @Param('move') move: string): Promise<ShownOperation> {
    if (!isMove(move)) throw notFound('operation');
    return showOperation(await this.operations.move(id, move, caller));
  }
}
