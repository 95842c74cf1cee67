import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { IdempotencyInterceptor } from './idempotency.js';
import { ReadOnlyInterceptor } from './read-only.interceptor.js';
import { ReferencesInterceptor } from './references/references.interceptor.js';

/**
 * For an app that keeps resources in a database: handles `Idempotency-Key`s if the app provides `IDEMPOTENCY`, and external ids if it provides
 * `EXTERNAL_IDS`. Three interceptors would cost the gateway a fifth of what it spends on an event, so it has none.
 */
@Module({
  providers: [
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    // After idempotency: the names in a repeated request may mean something else by then.
    { provide: APP_INTERCEPTOR, useClass: ReferencesInterceptor },
    { provide: APP_INTERCEPTOR, useClass: ReadOnlyInterceptor },
  ],
})
export class ResourcesModule {}
