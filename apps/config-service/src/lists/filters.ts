import { covers, EVERYTHING, EventType, ExternalId, Role, streamOf, SubscriptionState, Tenant, type AggregateKind } from '@nuncio/contracts';
import { z } from 'zod';
import { Time, type Wanted } from '../event-store/index.js';
import { anyOf, labels, named, oneOf, Text, textOf, type Filter, type Filters } from './filter.js';

/** The host without the port, as the index has it. A credential's is that of its token URL or its issuer. */
const HOST = `config.host_of(resource.state)`;
const HOST_NAME = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)$/;

const host: Filter = {
  leads: 'always',
  schema: anyOf(z.string().toLowerCase().regex(HOST_NAME, 'must be the name or the address of a host, without its port')).meta({ description: 'The host, without the port' }),
  where: (hosts: readonly string[], name) => ({ sql: `${HOST} = any(:${name})`, values: { [name]: hosts } }),
};

/** Normalized as stored URLs are: `https://hooks.acme.com` becomes `https://hooks.acme.com/`. */
const Url = Text.refine((text) => URL.canParse(text), 'must be an absolute URL').transform((text) => URL.parse(text)?.href ?? text);

const urlOf = (fields: readonly string[]): Filter => ({
  leads: 'always',
  schema: anyOf(Url).meta({ description: 'The whole URL' }),
  where: (urls: readonly string[], name) => ({ sql: `(${fields.map((field) => `resource.state ->> '${field}' = any(:${name})`).join(' or ')})`, values: { [name]: urls } }),
});

const dependsOn = (kind: AggregateKind) => named(kind, (ids, name) => ({ sql: 'resource.links && :' + name, values: { [name]: ids.map((id) => streamOf(kind, id)) } }));

/** Subscriptions whose callback depends on one of these. */
const throughCallback = (kind: AggregateKind) =>
  named(kind, (ids, name) => ({
    sql: `resource.links && array(select 'callback-' || c.id from config.aggregates c where c.kind = 'callback' and not c.deleted and c.links && :${name})`,
    values: { [name]: ids.map((id) => streamOf(kind, id)) },
  }));

/** Subscriptions that name one of these types, and those to `*` if it covers one of them. */
const eventType = named('event-type', (names, name, types): Wanted => {
  const isCovered = types.some((one) => covers([EVERYTHING], EventType.parse(one.state)));
  const everything = isCovered ? ` or resource.state -> 'eventTypes' = '["${EVERYTHING}"]'` : '';
  return { sql: `(resource.links && :${name}${everything})`, values: { [name]: names.map((one) => streamOf('event-type', one)) } };
});

const updatedSince: Filter = { leads: 'where-few', schema: Time.meta({ description: 'Only resources changed at or after this time' }), where: (since: Date, name) => ({ sql: `resource.updatedAt >= :${name}`, values: { [name]: since } }) };

/** A text in any field that people know a resource by. Whoever may read the resource may see all of these. */
const q: Filter = {
  leads: 'where-few',
  schema: Text.max(200).meta({ description: 'A text in the id, external id, name, URLs or event types, in any case' }),
  where: (text: string, name) => ({ sql: `config.searched(resource.id, resource.state) like :${name}`, values: { [name]: `%${text.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%` } }),
};

const general = { id: textOf('resource.id', 'The id'), q, updatedSince };
const name: Filter = { ...textOf(`resource.state ->> 'name'`, 'The whole name'), leads: 'always' };
const tenant = named('tenant', (ids, parameter) => ({ sql: `resource.tenant = any(:${parameter})`, values: { [parameter]: ids } }));
const keyed = { externalId: { ...textOf(`resource.state ->> 'externalId'`, 'The external id', ExternalId), leads: 'always' } satisfies Filter, label: labels };

/** The filters of each list beside `limit`, `cursor`, `order` and `count`. A new filter is a line here. */
export const filters = {
  tenant: { ...general, ...keyed, name, state: oneOf(`coalesce(resource.state ->> 'state', 'active')`, Tenant.shape.state.unwrap(), 'The state') },
  'api-key': { ...general, label: labels, tenant, name, role: oneOf(`resource.state ->> 'role'`, Role, 'The role') },
  'event-type': { ...general, label: labels, name: textOf('resource.id', 'The name'), audience: oneOf(`resource.state ->> 'audience'`, EventType.shape.audience, 'The audience'), approval: oneOf(`resource.state ->> 'approval'`, EventType.shape.approval, 'Whether it requires an approval') },
  application: { ...general, ...keyed, tenant, name },
  credential: { ...general, ...keyed, tenant, name, url: urlOf(['tokenUrl', 'issuer']), host },
  callback: {
    ...general,
    ...keyed,
    tenant,
    name,
    url: urlOf(['url']),
    host,
    application: dependsOn('application'),
    credential: dependsOn('credential'),
    enabled: oneOf(`resource.state ->> 'enabled'`, z.enum(['true', 'false']), 'Whether it is enabled'),
    authentication: oneOf(`resource.state -> 'authentication' ->> 'type'`, z.enum(['none', 'oauth2']), 'Whether its requests carry a bearer token'),
  },
  subscription: {
    ...general,
    ...keyed,
    tenant,
    callback: dependsOn('callback'),
    application: throughCallback('application'),
    credential: throughCallback('credential'),
    eventType,
    state: oneOf(`resource.state ->> 'state'`, SubscriptionState, 'The state'),
  },
  'portal-sessions': {},
} satisfies Record<AggregateKind, Filters>;
