import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Versions of a resource that a caller has seen; null = it does not matter which. */
export type Versions = readonly number[] | null;

/** The versions that a request's `If-Match` names (RFC 9110 §13.1.1); null = none or any. A tag that no resource can have, a weak one among them, names none. */
export const readIfMatch = (header: string | undefined): Versions => {
  if (header === undefined || header.trim() === '*') return null;
  return Array.from(header.matchAll(/(?:^|,)\s*"(\d{1,9})"\s*(?=,|$)/g), ([, digits]) => Number(digits));
};

export const fromIfMatch = (_: unknown, context: ExecutionContext): Versions =>
  readIfMatch(context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>().headers['if-match']);

/** The parameter that says which versions the caller has seen. */
export const IfMatch = createParamDecorator(fromIfMatch);
