import { Controller, Get, Inject, Optional, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { z } from 'zod';
import { Answers } from '../answers.js';
import { Public } from '../auth.guard.js';
import { mergeOpenApi, toOpenApi, type OpenApi } from './document.js';
import { Operation } from './operation.js';
import { routesOf } from './routes.js';

/** An app may provide the documents of other services that are reached through it. */
export type OpenApiParts = () => Promise<OpenApi[]>;
export const OPENAPI_PARTS = Symbol('OpenApiParts');

/** Describes the service's routes from their declarations, so that no description is written by hand. */
@Public()
@Controller('v1/openapi.json')
export class OpenApiController {
  #own: OpenApi | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    @Optional() @Inject(OPENAPI_PARTS) private readonly parts?: OpenApiParts,
  ) {}

  @Operation({ id: 'getOpenApi', description: 'This document: OpenAPI 3.1, of all services together.' })
  @Get()
  @Answers(z.record(z.string(), z.unknown()))
  async get(): Promise<OpenApi> {
    this.#own ??= toOpenApi(this.#controllers().flatMap(routesOf));
    return this.parts ? mergeOpenApi([this.#own, ...(await this.parts())]) : this.#own;
  }

  #controllers(): Type[] {
    return [...this.modules.values()].flatMap(({ controllers }) => Array.from(controllers.values(), ({ metatype }) => metatype as Type));
  }
}
