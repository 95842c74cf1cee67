import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Versions of a resource that the caller has seen; null = any. */
export type Versions = readonly number[] | null;

/** The resource must not exist. */
export const ABSENT: Versions = Object.freeze([]);

/**
 * The versions in a request's `If-Match` (RFC 9110 §13.1.1); null = absent or `*`. Weak tags, and others that no resource can have, match nothing.
 */
export const readIfMatch = (header: string | undefined): Versions => {
  if (header === undefined || header.trim() === '*') return null;
  return Array.from(header.matchAll(/(?:^|,)\s*"(\d{1,9})"\s*(?=,|$)/g), ([, digits]) => Number(digits));
};

/** What `If-Match` and `If-None-Match: *` (RFC 9110 §13.1.2) ask for. */
export const fromIfMatch = (_: unknown, context: ExecutionContext): Versions => {
  const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
  return headers['if-none-match']?.trim() === '*' ? ABSENT : readIfMatch(headers['if-match']);
};

/** A parameter: the versions that the caller has seen. */
export const IfMatch = createParamDecorator(fromIfMatch);
