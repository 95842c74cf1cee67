import { createParamDecorator, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { tap, type Observable } from 'rxjs';

interface Http {
  getRequest(): { headers: Record<string, string | undefined> };
  getResponse(): { header(name: string, value: string): void };
}

/** Every answer that has a `version` carries it as its entity tag (RFC 9110 §8.8.3). */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    return next.handle().pipe(
      tap((body: unknown) => {
        const version = (body as { version?: unknown } | undefined)?.version;
        if (typeof version === 'number') (context.switchToHttp() as Http).getResponse().header('etag', `"${version}"`);
      }),
    );
  }
}

const NO_VERSION = 0;

/** The version that a request's `If-Match` names; null = none or any. A tag that no resource can have is a version that none has. */
export const readIfMatch = (header: string | undefined): number | null => {
  if (header === undefined || header.trim() === '*') return null;
  const [, digits] = /^\s*"(\d{1,9})"\s*$/.exec(header) ?? [];
  return digits === undefined ? NO_VERSION : Number(digits);
};

export const fromIfMatch = (_: unknown, context: ExecutionContext): number | null => readIfMatch((context.switchToHttp() as Http).getRequest().headers['if-match']);

/** The parameter that says which version the caller has seen; null = it does not matter. */
export const IfMatch = createParamDecorator(fromIfMatch);
