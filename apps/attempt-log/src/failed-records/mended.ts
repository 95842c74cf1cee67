import { attempts, deliveries, events, FilteredEvent, Fault, isUnreadable, ORIGIN_HEADER, readErrand, readEvent, tiers, type EventType, type FieldCode, type RecordHeaders, type Topic } from '@nuncio/contracts';
import { topicName, type InboundRecord, type OutboundRecord } from '@nuncio/kafka';
import { payloadFault } from '@nuncio/payload-schema';
import { z } from 'zod';
import { readAttemptFact } from '../ingest/attempt-fact.js';
import type { WholeStoredRecord } from './stored-record.js';

const HeaderName = z.string().min(1).max(256).refine((name) => !name.startsWith('nuncio-'), 'a header of this name is Nuncio\'s own');

/** Changes to a record before it is published again. Whatever is not named stays as it is. */
export const Mend = z
  .strictObject({
    headers: z.record(HeaderName, z.string().max(65_536).nullable()).optional().describe('Headers by name, as UTF-8; null removes a header'),
    value: z.string().optional().describe('The value, as UTF-8'),
    valueBase64: z.base64().optional().describe('The value, as base64'),
  })
  .refine(({ value, valueBase64 }) => value === undefined || valueBase64 === undefined, { path: ['valueBase64'], message: 'give only one of this and `value`' });
export type Mend = z.infer<typeof Mend>;

/** The topic that a record goes to when it is published again, and a check that a service could read it there. */
interface Way {
  readonly to: Topic;
  readonly unreadable: (record: Pick<InboundRecord, 'headers' | 'value'>, now: number) => { readonly reason: FieldCode; readonly detail: string } | null;
}

const asEvent: Way['unreadable'] = ({ headers, value }) => {
  const event = readEvent(headers, value);
  return isUnreadable(event) ? event : null;
};
const asErrand: Way['unreadable'] = (record) => {
  const read = readErrand(record);
  return 'reason' in read ? read : null;
};
const asFact: Way['unreadable'] = ({ value }, now) => {
  const read = readAttemptFact({ value, timestamp: now }, now);
  return 'reason' in read ? read : 'newer' in read ? { reason: 'bad-fact', detail: read.newer } : null;
};

/**
 * A record of a delay topic may be due by now, so it goes to `deliveries`. Samples and token requests have no way back: whoever asked has
 * asked again, or is gone.
 */
const WAYS: readonly (Way & { readonly from: Topic })[] = [
  { from: events, to: events, unreadable: asEvent },
  ...[deliveries, ...tiers.map(({ topic }) => topic)].map((from) => ({ from, to: deliveries, unreadable: asErrand })),
  { from: attempts, to: attempts, unreadable: asFact },
];

/** The way of a record that can be published again, or a sentence that says why it cannot. */
export function republishable({ topic, reason, republished_at, republished_by }: Pick<WholeStoredRecord, 'topic' | 'reason' | 'republished_at' | 'republished_by'>, prefix: string): Way | string {
  if (republished_at) return `It was published again at ${republished_at.toISOString()}, by ${republished_by ?? 'somebody'}.`;
  if (topic === null) return 'The record does not say which topic it came from.';
  if (reason === 'undecodable-batch') return 'The record is a whole batch, whose records cannot be read.';
  const way = WAYS.find(({ from }) => topicName(prefix, from) === topic);
  return way ?? `Nobody waits for a record of ${topic} any more: whoever asked has asked again.`;
}

/** The record to publish. Throws Fault `invalid` if it still could not be read, `illegal-move` if it cannot be published again. */
export function mended(stored: WholeStoredRecord, mend: Mend, { prefix, typeOf, now }: { readonly prefix: string; readonly typeOf: (name: string) => EventType | undefined; readonly now: number }): { to: Topic; record: OutboundRecord } {
  const way = republishable(stored, prefix);
  if (typeof way === 'string') throw new Fault('illegal-move', way);
  const value = valueOf(stored, mend);
  const headers = headersOf(stored, mend);
  const fault = way.unreadable({ headers, value }, now) ?? (way.to === events ? misfit(headers, value, typeOf) : null);
  if (fault) throw new Fault('invalid', 'The record could not be read with these changes either.', { errors: [{ pointer: pointerTo(fault.reason), code: fault.reason, detail: fault.detail }] });
  const { topic, origin_partition, origin_offset } = stored;
  return { to: way.to, record: { key: stored.key, value, headers: { ...headers, [ORIGIN_HEADER]: `${topic ?? ''}-${origin_partition ?? 0}-${origin_offset ?? ''}` } } };
}

function valueOf({ value, original }: WholeStoredRecord, mend: Mend): Buffer | null {
  if (mend.value !== undefined) return Buffer.from(mend.value);
  if (mend.valueBase64 !== undefined) return Buffer.from(mend.valueBase64, 'base64');
  if (original) throw new Fault('illegal-move', 'The record was cut off, since it was too large: give its whole `value` or `valueBase64`, and the missing headers.');
  return value;
}

function headersOf({ headers }: WholeStoredRecord, mend: Mend): RecordHeaders {
  const given = mend.headers ?? {};
  const kept = Map.groupBy(headers.filter(([name]) => !Object.hasOwn(given, name)), ([name]) => name);
  const all = [...kept].map(([name, values]) => [name, values.map(([, base64]) => Buffer.from(base64, 'base64'))] as const);
  const changed = Object.entries(given).flatMap(([name, value]) => (value === null ? [] : [[name, Buffer.from(value)] as const]));
  return Object.fromEntries<RecordHeaders[string]>([...all.map(([name, values]) => [name, values.length === 1 ? values[0] : values] as const), ...changed]);
}

function misfit(headers: RecordHeaders, value: Buffer | null, typeOf: (name: string) => EventType | undefined): { reason: FieldCode; detail: string } | null {
  const event = readEvent(headers, value);
  if (isUnreadable(event)) return event;
  const fault = payloadFault(typeOf(event.type)?.schema ?? null, new FilteredEvent(event), () => undefined);
  return fault ? { reason: 'schema', detail: `${fault.pointer} ${fault.detail}` } : null;
}

const OF_HEADERS = new Set(['bad-header', 'missing-attribute', 'bad-attribute', 'bad-errand']);
const pointerTo = (reason: string): string => (OF_HEADERS.has(reason) ? '/headers' : '/value');
