import { SetMetadata } from '@nestjs/common';
import type { FaultCode } from '@nuncio/contracts';
import type { z } from 'zod';

/** The parts of a route's description that do not follow from its declaration. */
export interface OperationInfo {
  /** Its name in generated clients, such as `publishEvents`, if `operationIdOf` gives a worse one. Part of the API. */
  readonly id?: string;
  /** A few words; by default made from the id. */
  readonly summary?: string;
  /** Sentences on what it does. */
  readonly description?: string;
  /** Its faults beyond those that follow from its declaration. */
  readonly errors?: readonly FaultCode[];
  /** An example of the body, if the examples of its fields do not make a good one. */
  readonly example?: unknown;
  /** Its successful statuses, if there are several. */
  readonly statuses?: readonly number[];
  /** Further request headers, one per field. */
  readonly headers?: z.ZodObject;
}

export const OPERATION = 'operation';

/** Names and describes a route for readers and generated clients. */
export const Operation = (info: OperationInfo): MethodDecorator => SetMetadata(OPERATION, info);

/**
 * `GET /v1/callbacks` is `listCallbacks`, `GET …/{id}` `getCallback`, `POST` `createCallback`, `PUT` `putCallback`, `PATCH` `updateCallback`,
 * `DELETE` `deleteCallback`. A word after the id is an action (`POST …/{id}/test`: `testCallback`) or a sub-resource (`GET …/{id}/subscriptions`:
 * `listCallbackSubscriptions`).
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

/** Such as `rotateCallbackSecret` → `Rotate callback secret`. */
export const wordsOf = (id: string): string => {
  const words = id.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const ONE: Readonly<Record<string, string>> = { get: 'get', post: 'create', put: 'put', patch: 'update', delete: 'delete' };

/** Such as `api-keys` → `ApiKeys`. The part after a dot is the format of the answer, and left out. */
const camel = (text: string): string =>
  (text.split('.')[0] ?? '')
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const singular = (text: string): string => (text.endsWith('ies') ? `${text.slice(0, -3)}y` : text.replace(/s$/, ''));
