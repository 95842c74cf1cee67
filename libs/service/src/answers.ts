import { SetMetadata } from '@nestjs/common';
import { z } from 'zod';

/** A value before it is written as JSON: a Date becomes RFC 3339. */
type Before<T> = T extends string ? T | Date : T extends object ? { readonly [K in keyof T]: Before<T[K]> } : T;
type Answering<T> = (...parameters: never[]) => Before<T> | Promise<Before<T>>;

export interface Answer {
  readonly schema: z.ZodType;
  /** Other media types of the same answer, or of bytes. */
  readonly otherTypes: readonly string[];
}
export const ANSWER = 'answer';

/**
 * Declares a handler's successful answer, for the OpenAPI document. The compiler checks the handler against it, and the black-box tests check every
 * answer.
 */
export const Answers = <S extends z.ZodType>(schema: S): (<H extends Answering<z.output<S>>>(target: object, key: string, method: TypedPropertyDescriptor<H>) => void) =>
  SetMetadata(ANSWER, { schema, otherTypes: [] } satisfies Answer);

/** For handlers that also, or only, answer in other media types than JSON. Nothing checks those answers. */
export const AnswersIn = (otherTypes: readonly string[], schema: z.ZodType = z.never()): MethodDecorator => SetMetadata(ANSWER, { schema, otherTypes } satisfies Answer);

export const TAKES = 'takes';

/** Declares the media types that a handler accepts if it reads its body as bytes. */
export const Takes = (bodies: Readonly<Record<string, z.ZodType>>): MethodDecorator => SetMetadata(TAKES, bodies);

/** RFC 3339 in UTC, with milliseconds. */
export const Moment = z.string().meta({ format: 'date-time' });

/** A list, newest first. */
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({
    items: z.array(item).describe('The items of this page'),
    next: z.string().nullable().describe('The cursor of the next page; null = this is the last one'),
  });
