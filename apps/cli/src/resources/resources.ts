import type { Json } from '../api.js';
import { textOf } from '../output.js';
import { whyNot, type TestResult } from '../test-result.js';
import type { Filter } from '../where.js';

/** An option of an action, and the field of the request's body that it sets. */
export interface Field {
  /** As commander takes them, such as `--name <text>`. */
  readonly flags: string;
  readonly summary?: string;
  readonly isRequired?: boolean;
  /** The default sends the text as it is. `list` may be repeated; `map` too, as `name=value`; `payload` is a text, `@file` or `-`, and is sent in base64; `secret` is the text of a file, or of standard input for `-`. */
  readonly as?: 'list' | 'map' | 'number' | 'payload' | 'secret';
  /** The field, if it has another name than the option. */
  readonly field?: string;
}

/** A call of the API for one resource, or one that creates a resource. */
export interface Action {
  readonly name: string;
  readonly summary: string;
  /** Method and path. The placeholder that is not in `path` is the command's argument. */
  readonly operation: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly fields?: readonly Field[];
  /** What is always in the body. */
  readonly body?: Json;
  /** The result in one sentence. */
  readonly says: (answer: Json, id: string) => string;
  /** Whether the answer tells of something to mend. The command ends with status 1 then. Default: it never does. */
  readonly hasFailed?: (answer: Json) => boolean;
}

/** Something that can be listed, shown and acted on. */
export interface Resource {
  /** The name of its commands, and of its list: `/v1/<name>`. */
  readonly name: string;
  /** One of them. A placeholder of this name, such as `<callback>`, is completed with ids of this list. */
  readonly what: string;
  readonly columns: readonly string[];
  /** The filters that have an option of their own. `--where` takes all others. */
  readonly filters: readonly Filter[];
  /** The placeholder in the path of one; null = single ones cannot be shown. */
  readonly key?: 'id' | 'name' | null;
  /** Whether `ext:<externalId>` may stand for the id. Then `--tenant` says in which tenant. */
  readonly hasExternalIds?: boolean;
  /** Whether `payload <id>` prints its bytes. */
  readonly hasPayload?: boolean;
  readonly actions?: readonly Action[];
}

const REASON: Field = { flags: '--reason <text>', summary: 'kept with the change, and shown in the audit' };
const NAME: Field = { flags: '--name <text>', summary: 'a name for people', isRequired: true };
const TENANT: Field = { flags: '--tenant <tenant>', summary: 'whose it is; may be left out with an API key of a tenant' };

/** The answer to a sample in a sentence or two. */
const tested = (result: Json): string => (result.ok ? `the sample was taken (${String(result.status)})` : `the sample was not taken: ${whyNot(result as unknown as TestResult)}`);

const hasFailedSample = ({ verification }: Json): boolean => (verification as Json | undefined)?.ok === false;

/** A move of a subscription, such as `activate`. `verify` sends a sample. */
const move = (name: string, summary: string): Action => ({
  name,
  summary,
  operation: 'POST /v1/subscriptions/{id}/{move}',
  path: { move: name },
  fields: [REASON],
  says: (answer, id) => `${id} is ${String(answer.state)}${hasFailedSample(answer) ? `; ${tested(answer.verification as Json)}` : ''}`,
  hasFailed: hasFailedSample,
});

const LOG: readonly Filter[] = ['tenant', 'callback', 'status', 'since', 'until'];

/**
 * Everything that can be listed, shown and acted on. The commands, their completion and the test that runs each of them are made from this table.
 * `test/cli/resources.spec.ts` compares it with the API's description.
 */
export const resources: readonly Resource[] = [
  {
    name: 'deliveries',
    what: 'delivery',
    columns: ['id', 'status', 'eventType', 'tenant', 'attemptCount', 'responseStatus', 'errorClass', 'createdAt'],
    filters: LOG,
    actions: [{ name: 'cancel', summary: 'give one delivery up: it gets no further attempt', operation: 'POST /v1/deliveries/{id}/cancel', says: ({ explanation }, id) => `${id}: ${String(explanation)}` }],
  },
  { name: 'attempts', what: 'attempt', columns: ['id', 'startedAt', 'outcome', 'number', 'eventType', 'tenant', 'delivery'], filters: LOG },
  { name: 'events', what: 'event', columns: ['id', 'eventType', 'tenants', 'unmatched', 'createdAt', 'ceId', 'ceSource', 'payloadBytes'], filters: ['tenant', 'since', 'until'], hasPayload: true },
  {
    name: 'tenants',
    what: 'tenant',
    columns: ['id', 'name', 'state'],
    filters: [],
    actions: [
      { name: 'create', summary: 'create a tenant', operation: 'POST /v1/tenants', fields: [{ flags: '--id <id>', summary: 'its id, for good', isRequired: true }, NAME, { flags: '--external-id <text>' }], says: ({ id }) => `created the tenant ${String(id)}` },
      { name: 'suspend', summary: 'stop its deliveries, and park its events', operation: 'POST /v1/tenants/{id}/suspend', fields: [REASON], says: ({ state }, id) => `${id} is ${String(state)}` },
      { name: 'unsuspend', summary: 'end its suspension', operation: 'POST /v1/tenants/{id}/unsuspend', says: ({ state }, id) => `${id} is ${String(state)}` },
    ],
  },
  {
    name: 'event-types',
    what: 'event type',
    columns: ['name', 'audience', 'approval', 'description'],
    filters: [],
    key: 'name',
    actions: [
      {
        name: 'create',
        summary: 'create an event type',
        operation: 'POST /v1/event-types',
        fields: [{ flags: '--name <name>', summary: 'such as invoice.paid', isRequired: true }, { flags: '--description <text>' }, { flags: '--audience <audience>' }, { flags: '--approval <approval>' }],
        says: ({ name }) => `created the event type ${String(name)}`,
      },
    ],
  },
  {
    name: 'applications',
    what: 'application',
    columns: ['id', 'tenant', 'name', 'externalId'],
    filters: ['tenant'],
    hasExternalIds: true,
    actions: [{ name: 'create', summary: 'create an application', operation: 'POST /v1/applications', fields: [NAME, TENANT, { flags: '--external-id <text>' }], says: ({ id }) => `created the application ${String(id)}` }],
  },
  {
    name: 'api-keys',
    what: 'API key',
    columns: ['id', 'name', 'role', 'tenant', 'lastUsedAt', 'expiresAt'],
    filters: ['tenant'],
    actions: [
      {
        name: 'create',
        summary: 'create an API key, and show it this once',
        operation: 'POST /v1/api-keys',
        fields: [NAME, { flags: '--role <role>', isRequired: true }, { ...TENANT, summary: 'a key for this tenant alone' }, { flags: '--group <group>', summary: 'repeatable: a key for these groups', as: 'list', field: 'groups' }, { flags: '--expires-at <time>', summary: 'an RFC 3339 time' }],
        says: ({ id, key }) => `created the API key ${String(id)}. Keep it now, it is not shown again:\n${String(key)}`,
      },
      { name: 'revoke', summary: 'delete an API key: requests with it are refused within two seconds', operation: 'DELETE /v1/api-keys/{id}', says: (_, id) => `${id} is revoked` },
    ],
  },
  {
    name: 'callbacks',
    what: 'callback',
    columns: ['id', 'tenant', 'name', 'url', 'profile', 'enabled', 'externalId'],
    filters: ['tenant'],
    hasExternalIds: true,
    actions: [
      { name: 'test', summary: 'send a signed sample, and show the answer', operation: 'POST /v1/callbacks/{id}/test', says: tested, hasFailed: ({ ok }) => ok === false },
      {
        name: 'rotate-secret',
        summary: 'make a new signing secret, and show it this once; the old one is signed with, too, until it expires',
        operation: 'POST /v1/callbacks/{id}/rotate-secret',
        fields: [{ flags: '--expires-in-seconds <seconds>', summary: 'for how long the old secret is used, too', as: 'number' }],
        says: ({ secret, oldExpiresAt }) => `The new secret. Keep it now, it is not shown again:\n${String(secret)}\n${oldExpiresAt === null ? 'The old secret is not used any more.' : `The old secret is used, too, until ${textOf(oldExpiresAt)}.`}`,
      },
      { name: 'enable', summary: 'deliver again', operation: 'PATCH /v1/callbacks/{id}', body: { enabled: true }, says: (_, id) => `${id} is enabled` },
      { name: 'disable', summary: 'stop deliveries to it', operation: 'PATCH /v1/callbacks/{id}', body: { enabled: false }, says: (_, id) => `${id} is disabled` },
    ],
  },
  {
    name: 'subscriptions',
    what: 'subscription',
    columns: ['id', 'tenant', 'state', 'eventTypes', 'callback', 'externalId'],
    filters: ['tenant', 'callback'],
    hasExternalIds: true,
    actions: [
      move('verify', 'send a sample; a subscription is active only after its receiver has taken one'),
      move('submit', 'ask for the approval that its event types need'),
      move('approve', 'approve it'),
      move('reject', 'refuse the approval'),
      move('activate', 'begin to deliver; events that were parked meanwhile go out'),
      move('deactivate', 'stop, and drop its events'),
      move('suspend', 'stop it as the provider'),
      move('unsuspend', 'end its suspension'),
      move('block', 'stop, and park its events until it is unblocked'),
      move('unblock', 'deliver again, parked events first'),
    ],
  },
  {
    name: 'credentials',
    what: 'credential',
    columns: ['id', 'tenant', 'name', 'authMethod', 'tokenUrl', 'externalId'],
    filters: ['tenant'],
    hasExternalIds: true,
    actions: [
      {
        name: 'rotate-secret',
        summary: 'replace the client secret, which is read from a file or standard input',
        operation: 'PATCH /v1/credentials/{id}',
        fields: [{ flags: '--client-secret-file <path>', summary: 'a file, or - for standard input', isRequired: true, as: 'secret', field: 'clientSecret' }],
        says: (_, id) => `${id} has the new secret; \`nuncio doctor oauth ${id}\` tries it`,
      },
    ],
  },
  {
    name: 'operations',
    what: 'operation',
    columns: ['id', 'kind', 'state', 'sent', 'count', 'createdAt'],
    filters: ['callback'],
    actions: [
      ...[
        ['pause', 'send no more until it is resumed'],
        ['resume', 'go on'],
        ['cancel', 'end it; what it has sent stays sent'],
      ].map(([name = '', summary = '']): Action => ({ name, summary, operation: 'POST /v1/operations/{id}/{move}', path: { move: name }, says: ({ state }, id) => `${id} is ${String(state)}` })),
    ],
  },
  {
    name: 'quarantine',
    what: 'quarantined record',
    columns: ['id', 'at', 'reason', 'detail', 'origin', 'republished'],
    filters: ['since', 'until'],
    hasPayload: true,
    actions: [
      {
        name: 'republish',
        summary: 'publish a record again, corrected if you say how',
        operation: 'POST /v1/quarantine/{id}/republish',
        fields: [
          { flags: '-H, --header <name=value>', summary: "repeatable: put this header in place of the record's", as: 'map', field: 'headers' },
          { flags: '-d, --data <text>', summary: 'another payload: a text, @file, or - for standard input', as: 'payload', field: 'valueBase64' },
        ],
        says: (_, id) => `${id} is published again`,
      },
    ],
  },
  {
    name: 'dead-letters',
    what: 'dead letter',
    columns: ['id', 'at', 'reason', 'tenant', 'callback', 'delivery', 'republished'],
    filters: ['tenant', 'callback', 'since', 'until'],
    hasPayload: true,
    actions: [{ name: 'republish', summary: 'deliver it again', operation: 'POST /v1/dead-letters/{id}/republish', says: (_, id) => `${id} is published again` }],
  },
  { name: 'audit', what: 'change', columns: ['at', 'actor', 'kind', 'id', 'type', 'tenant', 'changes'], filters: ['tenant', 'since', 'until'], key: null },
];
