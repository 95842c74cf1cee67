/** A kind of document: its place in the API, and the field that identifies one. */
export interface Kind {
  readonly name: 'tenant' | 'event-type' | 'application' | 'credential' | 'callback' | 'subscription';
  /** The path of its list. */
  readonly path: string;
  /** The path of a single one. */
  readonly one: string;
  /** The field that identifies it in files: an id that its creator chooses, or an external id. */
  readonly key: 'id' | 'name' | 'externalId';
}

const kind = (name: Kind['name'], key: Kind['key'], parameter = 'id'): Kind => ({ name, path: `/v1/${name}s`, one: `/v1/${name}s/{${parameter}}`, key });

/** In order of dependency: each refers only to those before it. */
export const kinds: readonly Kind[] = [
  kind('tenant', 'id'),
  kind('event-type', 'name', 'name'),
  kind('application', 'externalId'),
  kind('credential', 'externalId'),
  kind('callback', 'externalId'),
  kind('subscription', 'externalId'),
];

/** Whether resources of this kind belong to a tenant, and are unique in it. Only these are ever pruned. */
export const isOfTenant = ({ key }: Kind): boolean => key === 'externalId';

/** The name of the id in the path. */
export const parameterOf = ({ one }: Kind): string => /\{(\w+)\}/.exec(one)?.[1] ?? 'id';

const EXTERNAL = 'ext:';

/** The key as it is in a path. */
export const idInPath = (kind: Kind, key: string): string => (isOfTenant(kind) ? EXTERNAL + key : key);

/** The external id given instead of an id; null = it is an id. */
export const externalIdIn = (text: string): string | null => (text.startsWith(EXTERNAL) ? text.slice(EXTERNAL.length) : null);

export const referenceTo = (externalId: string): string => EXTERNAL + externalId;
