import {
  attempts,
  configLog,
  configState,
  deadLetters,
  deliveries,
  events,
  identityOf,
  operationEvents,
  pulse,
  quarantine,
  replies,
  samples,
  type Service,
  SERVICES,
  signals,
  tiers,
  tokenEvents,
  tokenRequests,
  type Topic,
} from '@nuncio/contracts';
import kafkajs, { type AclEntry, type AclOperationTypes, type AclResourceTypes, type Kafka } from 'kafkajs';
import { topicName } from '../connection/kafka.js';
import { withAdmin } from '../connection/with-admin.js';

interface Access {
  readonly reads: readonly Topic[];
  readonly writes: readonly Topic[];
  /** Topics whose offsets it reads, and groups of other services whose progress it reads. */
  readonly watches?: { readonly topics: readonly Topic[]; readonly groups: readonly string[] };
  /** Consumer groups: their names, or prefixes if they end in a dot. */
  readonly groups: readonly string[];
  readonly transactionalIds?: readonly string[];
}

const delays = tiers.map(({ topic }) => topic);

/** The operations of each service on the cluster, and so all its rights where ACLs are on (docs/configuration.md). */
export const access: Readonly<Record<Service, Access>> = {
  'config-service': {
    // config.log: only its progress, as an offset of the relay's group. config.state: what a restored database does not have.
    reads: [signals, replies, operationEvents, pulse, configLog, configState],
    writes: [configLog, configState, samples, tokenRequests, pulse],
    groups: ['config-service', 'config-service.replies.', 'config-relay', 'view.rebuild.'],
    transactionalIds: ['config-relay', 'config-rebuild'],
  },
  'token-service': { reads: [tokenRequests, configState], writes: [tokenEvents, replies, quarantine, pulse], groups: ['token-service', 'view.token-service.'] },
  dispatcher: {
    reads: [events, deliveries, ...delays, samples, configState],
    writes: [attempts, ...delays, deliveries, tokenRequests, signals, replies, deadLetters, quarantine, pulse],
    groups: ['dispatcher', 'delay', 'view.dispatcher.'],
  },
  'attempt-log': {
    reads: [events, attempts, tokenEvents, configState, configLog, deadLetters, quarantine, pulse],
    // To `events`: records out of quarantine, and notices. To `signals`: that a callback has failed for too long.
    writes: [deliveries, deadLetters, attempts, quarantine, events, signals, operationEvents, pulse],
    // Somebody must report how much is due even if no other service runs.
    watches: { topics: [...delays, tokenRequests], groups: ['dispatcher', 'delay', 'token-service', 'config-service'] },
    groups: ['attempt-log', 'failed-records', 'notices', 'view.attempt-log.'],
  },
  gateway: { reads: [configState], writes: [events, pulse], groups: ['view.gateway.'] },
};

/** The topics that a service reads or writes. */
export const topicsOf = (service: Service): Topic[] => [...new Set([...access[service].reads, ...access[service].writes])];

/**
 * Allows each service the operations above, on topics and groups that begin with `prefix`, as `User:<identities>_<service>`. It revokes nothing. If
 * the cluster has an authorizer, everything else is refused.
 */
export async function applyAccess(kafka: Kafka, prefix: string, identities: string): Promise<void> {
  await withAdmin(kafka, (admin) => admin.createAcls({ acl: rulesFor(prefix, identities) }));
}

/** The same rules, a line each, for a cluster whose access is kept elsewhere (Strimzi, a cloud): `User:nuncio_gateway WRITE TOPIC nuncio.events`. What ends in `*` is a beginning. */
export const printedAccess = (prefix: string, identities: string): string[] =>
  rulesFor(prefix, identities).map(({ principal, operation, resourceType, resourceName, resourcePatternType }) => {
    const resource = resourcePatternType === patterns.PREFIXED ? `${resourceName}*` : resourceName;
    return [principal, nameIn(operations, operation), nameIn(resources, resourceType), resource].join(' ');
  });

const rulesFor = (prefix: string, identities: string): AclEntry[] => SERVICES.flatMap((service) => entriesOf(prefix, identityOf(identities, service), service));

const { AclOperationTypes: operations, AclResourceTypes: resources, ResourcePatternTypes: patterns, AclPermissionTypes: permissions } = kafkajs;

const nameIn = (names: object, value: number): string => Object.entries(names).find(([, one]) => one === value)?.[0] ?? String(value);

function entriesOf(prefix: string, identity: string, service: Service): AclEntry[] {
  const { reads, writes, watches, groups, transactionalIds = [] } = access[service];
  const allow = (resourceType: AclResourceTypes, resourceName: string, operation: AclOperationTypes): AclEntry => ({
    resourceType,
    resourceName,
    resourcePatternType: resourceName.endsWith('.') ? patterns.PREFIXED : patterns.LITERAL,
    principal: `User:${identity}`,
    host: '*',
    operation,
    permissionType: permissions.ALLOW,
  });
  return [
    ...reads.map((topic) => allow(resources.TOPIC, topicName(prefix, topic), operations.READ)),
    // A service checks the settings of its topics at its start.
    ...topicsOf(service).map((topic) => allow(resources.TOPIC, topicName(prefix, topic), operations.DESCRIBE_CONFIGS)),
    ...writes.map((topic) => allow(resources.TOPIC, topicName(prefix, topic), operations.WRITE)),
    ...(watches?.topics ?? []).map((topic) => allow(resources.TOPIC, topicName(prefix, topic), operations.DESCRIBE)),
    ...(watches?.groups ?? []).map((group) => allow(resources.GROUP, `${prefix}.${group}`, operations.DESCRIBE)),
    ...groups.map((group) => allow(resources.GROUP, `${prefix}.${group}`, operations.READ)),
    // A group that belongs to one process is deleted with it.
    ...groups.filter((group) => group.endsWith('.')).map((group) => allow(resources.GROUP, `${prefix}.${group}`, operations.DELETE)),
    ...transactionalIds.map((id) => allow(resources.TRANSACTIONAL_ID, `${prefix}.${id}`, operations.WRITE)),
  ];
}
