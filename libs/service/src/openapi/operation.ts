import { SetMetadata } from '@nestjs/common';
import type { FaultCode } from '@nuncio/contracts';
import type { z } from 'zod';

/** The parts of a route's description that do not follow from its declaration. */
export interface OperationInfo {
  /** The name in generated clients, if `operationIdOf` gives a worse one: `publishEvents`. Part of the API. */
  readonly id?: string;
  /** A few words; without it those of the id. */
  readonly summary?: string;
  /** Sentences on what it does. */
  readonly description?: string;
  /** Its refusals beyond those that follow from its declaration. */
  readonly errors?: readonly FaultCode[];
  /** A body that it takes, where the examples of its fields make none that is worth to be shown. */
  readonly example?: unknown;
  /** Its successful statuses, if there is more than one. */
  readonly statuses?: readonly number[];
  /** Headers that count here, each a field. */
  readonly headers?: z.ZodObject;
}

export const OPERATION = 'operation';

/** Names and describes a route for people and generated clients. */
export const Operation = (info: OperationInfo): MethodDecorator => SetMetadata(OPERATION, info);

/**
 * `GET /v1/callbacks` is `listCallbacks`, `GET …/{id}` `getCallback`, `POST` `createCallback`, `PUT` `putCallback`, `PATCH` `updateCallback`, `DELETE`
 * `deleteCallback`; a word behind the id is what is done (`POST …/{id}/test`: `testCallback`) or read (`GET …/{id}/subscriptions`: `listCallbackSubscriptions`).
 */
export function operationIdOf(method: string, path: string): string {
  const parts = path.split('/').filter(Boolean).slice(1);
  const kind = camel(parts[0] ?? '');
  const isOfOne = parts[1]?.startsWith('{') ?? false;
  const noun = isOfOne ? singular(kind) : kind;
  const rest = parts.slice(isOfOne ? 2 : 1);
  const word = camel((rest[0]?.startsWith('{') ? rest[0].slice(1, -1) : rest[0]) ?? '');
  if (!word) return lower((isOfOne || method !== 'get' ? ONE[method] : 'list') ?? method) + (isOfOne || method === 'get' ? noun : singular(kind));
  if (method !== 'get') return lower(word) + noun;
  if (!isOfOne) return word === 'Stream' ? `stream${kind}` : `list${kind}${word}`;
  return (word.endsWith('s') ? 'list' : 'get') + noun + word;
}

/** `rotateCallbackSecret` → `Rotate callback secret`. */
export const wordsOf = (id: string): string => {
  const words = id.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const ONE: Readonly<Record<string, string>> = { get: 'get', post: 'create', put: 'put', patch: 'update', delete: 'delete' };

/** `api-keys` → `ApiKeys`; what stands behind a dot is the form of the answer. */
const camel = (text: string): string =>
  (text.split('.')[0] ?? '')
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const singular = (text: string): string => (text.endsWith('ies') ? `${text.slice(0, -3)}y` : text.replace(/s$/, ''));
