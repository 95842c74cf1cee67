import type { Schemas } from '../api/client.js';

type Fleet = Schemas['Fleet'];
export type Instance = Fleet['instances'][number];
export type Service = Instance['service'];

const SILENT_AFTER_MS = 15_000;

/** Milliseconds since its last report, if that is too long; null = it reported in time. */
export function silentFor({ seenAt }: Pick<Instance, 'seenAt'>, at: string): number | null {
  const ms = Date.parse(at) - Date.parse(seenAt);
  return ms > SILENT_AFTER_MS ? ms : null;
}

/** What is lost while the only process of a service is away. */
const LOST: Readonly<Record<Service, string>> = {
  gateway: 'nobody reaches the API or this console, and nothing can be published over HTTP. What goes to Kafka is delivered.',
  dispatcher: 'nothing is delivered until it is back. Nothing is lost: everything waits on Kafka.',
  'token-service': 'no token is renewed. Deliveries go on with those that are kept, and are held without one.',
  'config-service': 'configuration can be neither read nor changed, and nobody new can sign in. Deliveries go on.',
  'attempt-log': 'deliveries and attempts cannot be looked up, and nothing can be sent again. Deliveries go on, and are recorded later.',
};

/** The services with only one process, and what is lost when it goes. */
export function alone({ instances, at }: Pick<Fleet, 'instances' | 'at'>): { service: Service; lost: string }[] {
  const heard = Map.groupBy(instances.filter((instance) => silentFor(instance, at) === null), ({ service }) => service);
  return [...heard].filter(([, some]) => some.length === 1).map(([service]) => ({ service, lost: LOST[service] }));
}

/** How far a group is behind on a topic, over all partitions. */
export interface Lag {
  readonly group: string;
  readonly topic: string;
  readonly records: number;
  /** Of the partition that is furthest behind. */
  readonly seconds: number;
  readonly partitions: readonly Fleet['groups'][number][];
}

/** Those that are furthest behind first. */
export function lagsOf(groups: Fleet['groups']): Lag[] {
  return Array.from(Map.groupBy(groups, ({ group, topic }) => JSON.stringify([group, topic])), ([key, partitions]): Lag => {
    const [group, topic] = JSON.parse(key) as [string, string];
    const furthest = partitions.toSorted((a, b) => b.lagSeconds - a.lagSeconds || b.lagRecords - a.lagRecords || a.partition - b.partition);
    return { group, topic, records: partitions.reduce((sum, { lagRecords }) => sum + lagRecords, 0), seconds: furthest[0]?.lagSeconds ?? 0, partitions: furthest };
  }).sort((a, b) => b.seconds - a.seconds || b.records - a.records || a.group.localeCompare(b.group) || a.topic.localeCompare(b.topic));
}

/** The state of the fleet in one sentence. */
export function sentenceOf({ instances, groups, at }: Fleet): string {
  const silent = instances.filter((instance) => silentFor(instance, at) !== null);
  const unready = instances.filter((instance) => silentFor(instance, at) === null && !instance.ready);
  const heard = instances.length - silent.length;
  const troubles = [
    silent.length > 0 && `${silent.length} ${silent.length === 1 ? 'process is' : 'processes are'} silent`,
    unready.length > 0 && `${unready.length} ${unready.length === 1 ? 'is' : 'are'} not ready`,
  ].filter((part) => part !== false);
  const standing = troubles.length > 0 ? `${troubles.join(', and ')}; ${heard - unready.length} of ${instances.length} work.` : `${heard === 1 ? 'The one process is' : `All ${heard} processes are`} ready.`;
  const [worst] = lagsOf(groups);
  return `${standing} ${worst && worst.seconds > 0 ? `The ${worst.group} is ${worst.seconds} s behind on ${worst.topic}.` : 'None is behind.'}`;
}
