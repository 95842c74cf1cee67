/** The kinds of documents: their place in the API, and the field that identifies one. */
export interface Kind {
  readonly name: 'tenant' | 'event-type' | 'application' | 'credential' | 'callback' | 'subscription';
  /** The path of its list. */
  readonly path: string;
  /** The path of one. */
  readonly one: string;
  /** The field that it is known by in files: an id that its maker gives, or an external id. */
  readonly key: 'id' | 'name' | 'externalId';
}

const kind = (name: Kind['name'], key: Kind['key'], parameter = 'id'): Kind => ({ name, path: `/v1/${name}s`, one: `/v1/${name}s/{${parameter}}`, key });

/** In order of dependency: each refers to those before it alone. */
export const kinds: readonly Kind[] = [
  kind('tenant', 'id'),
  kind('event-type', 'name', 'name'),
  kind('application', 'externalId'),
  kind('credential', 'externalId'),
  kind('callback', 'externalId'),
  kind('subscription', 'externalId'),
];

/** Those that belong to a tenant, and are unique in it. Nothing else is ever pruned. */
export const isOfTenant = ({ key }: Kind): boolean => key === 'externalId';

/** The name of the id in the path of one. */
export const parameterOf = ({ one }: Kind): string => /\{(\w+)\}/.exec(one)?.[1] ?? 'id';

const EXTERNAL = 'ext:';

/** As it stands in a path. */
export const idInPath = (kind: Kind, key: string): string => (isOfTenant(kind) ? EXTERNAL + key : key);

/** The external id that stands in the place of an id; null = it is an id. */
export const externalIdIn = (text: string): string | null => (text.startsWith(EXTERNAL) ? text.slice(EXTERNAL.length) : null);

export const referenceTo = (externalId: string): string => EXTERNAL + externalId;
