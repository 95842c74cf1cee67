import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Versions of a resource that the caller has seen; null = any. */
export type Versions = readonly number[] | null;

/**
 * The versions in a request's `If-Match` (RFC 9110 §13.1.1); null = absent or `*`. Weak tags, and others that no resource can have, match nothing.
 */
export const readIfMatch = (header: string | undefined): Versions => {
  if (header === undefined || header.trim() === '*') return null;
  return Array.from(header.matchAll(/(?:^|,)\s*"(\d{1,9})"\s*(?=,|$)/g), ([, digits]) => Number(digits));
};

export const fromIfMatch = (_: unknown, context: ExecutionContext): Versions =>
  readIfMatch(context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>().headers['if-match']);

/** A parameter: the versions that the caller has seen. */
export const IfMatch = createParamDecorator(fromIfMatch);
