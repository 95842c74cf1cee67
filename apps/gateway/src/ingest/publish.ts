import { randomUUID } from 'node:crypto';
import { eventHeaders, events as eventsTopic, Fault, FilteredEvent, isUnreadable, type FaultDetail, type NuncioEvent, type Principal } from '@nuncio/contracts';
import type { BatchProducer, ConfigView } from '@nuncio/kafka';
import { payloadFaults } from '@nuncio/payload-schema';
import { admit, checkReach } from './admission.js';
import { findKnown } from './known.js';
import { unreadableDetail, type Published, type Publisher } from './http-binding.js';

const ACKNOWLEDGED_WITHIN_MS = 10_000;
/** The most faults that the sentence names. The list has all of them. */
const MAX_TOLD = 10;

/**
 * The publisher of a request, with the attributes that its key gives to events. An event without an id gets the request's `Idempotency-Key` (in a
 * batch, its index is appended), so that the repeated request has the same ids.
 */
export function publisherOf({ id, tenant }: Principal, key?: string): Publisher {
  let place = 0;
  const ceId = (): string => (key === undefined ? randomUUID() : place++ === 0 ? key : `${key}.${place}`);
  return { tenant, defaults: () => ({ specversion: '1.0', id: ceId(), source: id, ...(tenant === null ? {} : { tenant }) }) };
}

/** Admits all events or none. Throws Fault `invalid` with every fault of every event, or `forbidden`. */
export async function admitAll(published: readonly Published[], caller: Principal, view: Pick<ConfigView, 'get'>): Promise<NuncioEvent[]> {
  const readable = published.flatMap(({ event }) => (isUnreadable(event) ? [] : event));
  const known = await findKnown(view, {
    types: new Set(readable.map(({ type }) => type)),
    // A key with a tenant may name no other, and must not learn which tenants exist, not even by how long an answer takes.
    tenants: new Set(caller.tenant === null ? readable.flatMap(({ type, tenants }) => (isBroadcast(view, type) ? [] : tenants)) : []),
  });
  const errors: FaultDetail[] = [];
  const admitted: NuncioEvent[] = [];
  for (const { pointer, event } of published) {
    if (isUnreadable(event)) {
      errors.push(unreadableDetail(pointer, event));
      continue;
    }
    const type = known.types.get(event.type);
    if (type) checkReach(caller, event, type);
    errors.push(...admit(event, type, (tenant) => tenant === caller.tenant || known.tenants.has(tenant), pointer));
    if (type) for (const fault of payloadFaults(type.schema, new FilteredEvent(event))) errors.push({ ...fault, pointer: pointer + fault.pointer });
    admitted.push(event);
  }
  if (errors.length) throw new Fault('invalid', errors.map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`).slice(0, MAX_TOLD).join('; '), { errors });
  return admitted;
}

const isBroadcast = (view: Pick<ConfigView, 'get'>, type: string): boolean => view.get('event-type', type)?.state.audience === 'broadcast';

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
