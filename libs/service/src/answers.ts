import { SetMetadata } from '@nestjs/common';
import { z } from 'zod';

/** The types that a value may have before it is written as JSON: a Date becomes RFC 3339. */
type Before<T> = T extends string ? T | Date : T extends object ? { readonly [K in keyof T]: Before<T[K]> } : T;
type Answering<T> = (...parameters: never[]) => Before<T> | Promise<Before<T>>;

export interface Answer {
  readonly schema: z.ZodType;
  /** Media types of the same answer in another form, or of bytes. */
  readonly otherTypes: readonly string[];
}
export const ANSWER = 'answer';

/** Declares a handler's successful answer, for the description of the API. The compiler holds the handler to it, and the black-box tests every answer. */
export const Answers = <S extends z.ZodType>(schema: S): (<H extends Answering<z.output<S>>>(target: object, key: string, method: TypedPropertyDescriptor<H>) => void) =>
  SetMetadata(ANSWER, { schema, otherTypes: [] } satisfies Answer);

/** For handlers that also, or only, answer in other media types than JSON; what they answer is theirs to keep to. */
export const AnswersIn = (otherTypes: readonly string[], schema: z.ZodType = z.never()): MethodDecorator => SetMetadata(ANSWER, { schema, otherTypes } satisfies Answer);

export const TAKES = 'takes';

/** Declares the media types of a handler that reads its body as bytes. */
export const Takes = (bodies: Readonly<Record<string, z.ZodType>>): MethodDecorator => SetMetadata(TAKES, bodies);

/** RFC 3339 in UTC, with milliseconds. */
export const Moment = z.string().meta({ format: 'date-time' });

/** A list, newest first. */
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({
    items: z.array(item).describe('What this page has'),
    next: z.string().nullable().describe('The cursor of the next page; null = this is the last one'),
  });
