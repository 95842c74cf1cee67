import { randomUUID } from 'node:crypto';
import { eventHeaders, events as eventsTopic, Fault, FilteredEvent, invalidFields, isUnreadable, type FaultDetail, type NuncioEvent, type Principal } from '@nuncio/contracts';
import type { BatchProducer, ConfigView } from '@nuncio/kafka';
import { payloadFaults } from '@nuncio/payload-schema';
import { admit, checkReach } from './admission.js';
import { untilKnown } from './known.js';
import { unreadableDetail, type Published, type Publisher } from './http-binding.js';

const ACKNOWLEDGED_WITHIN_MS = 10_000;

/**
 * The publisher of a request, with the attributes that its key gives to events. An event without an id gets the request's `Idempotency-Key` (in a
 * batch, its index is appended), so that the repeated request has the same ids.
 */
export function publisherOf({ id, tenant }: Principal, key?: string): Publisher {
  let count = 0;
  return {
    tenant,
    complete: (attributes) => {
      count += 1;
      attributes.specversion ??= '1.0';
      attributes.id ??= key === undefined ? randomUUID() : count === 1 ? key : `${key}.${count}`;
      attributes.source ??= id;
      if (tenant !== null) attributes.tenant ??= tenant;
    },
  };
}

/** Admits all events or none. Throws Fault `invalid` with every fault of every event, or `forbidden`. */
export async function admitAll(published: readonly Published[], caller: Principal, view: Pick<ConfigView, 'get'>): Promise<NuncioEvent[]> {
  const isKnown = (tenant: string): boolean => view.get('tenant', tenant) !== undefined;
  await untilKnown(() => published.every(({ event }) => {
    if (isUnreadable(event)) return true;
    const type = view.get('event-type', event.type)?.state;
    // A key with a tenant may name no other, and must not learn which tenants exist, not even by how long an answer takes.
    return type && (caller.tenant !== null || type.audience === 'broadcast' || event.tenants.every(isKnown));
  }));
  const errors: FaultDetail[] = [];
  const admitted: NuncioEvent[] = [];
  for (const { pointer, event } of published) {
    if (isUnreadable(event)) {
      errors.push(unreadableDetail(pointer, event));
      continue;
    }
    const type = view.get('event-type', event.type)?.state;
    if (type) checkReach(caller, event, type);
    errors.push(...admit(event, type, (tenant) => tenant === caller.tenant || (caller.tenant === null && isKnown(tenant)), pointer));
    if (type?.schema) for (const fault of payloadFaults(type.schema, new FilteredEvent(event))) errors.push({ ...fault, pointer: pointer + fault.pointer });
    admitted.push(event);
  }
  if (errors.length) throw invalidFields(errors);
  return admitted;
}

/** Resolves when Kafka has all of them. Throws Fault `unavailable` if that takes too long; then all may be published again. */
export function publish(producer: Pick<BatchProducer, 'send'>, events: readonly NuncioEvent[]): Promise<void> {
  const patience = new AbortController();
  // Keyed by id, so that copies of one event are in one partition.
  const sent = events.map((event) => producer.send(eventsTopic, { key: event.id, value: event.payload, headers: eventHeaders(event) }, patience.signal));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      patience.abort();
      reject(new Fault('unavailable', 'Kafka has not acknowledged in time. Publish again: events that have arrived are recognised by their id and source.', { retriable: true }));
    }, ACKNOWLEDGED_WITHIN_MS);
    void Promise.all(sent)
      .then(() => {
        resolve();
      }, reject)
      .finally(() => {
        clearTimeout(timer);
      });
  });
}
