import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { FAILURE_HEADER, ODD_HEADERS_HEADER, quarantine, type RecordFailure, type RecordHeaders } from '@nuncio/contracts';
import type { BatchProducer } from './batch-producer.js';
import { brokerError } from '../connection/broker-error.js';
import type { RawHeader } from '../consuming/fetched-record.js';
import type { InboundRecord, RecordBatch, Undecodable } from '../consuming/record-batch.js';

type Producer = Pick<BatchProducer, 'send'>;
/** The readable parts of a record that cannot be read. */
type Remains = Pick<InboundRecord, 'key' | 'value' | 'headers' | 'rawHeaders' | 'topic' | 'partition'>;

/** Room for the failure itself, and for the batch around the record. */
const FAILURE_BYTES = 16_384;
/** How soon a refused record is tried again; each time twice as late, at last every half minute. */
const [FIRST_AGAIN_MS, LAST_AGAIN_MS] = [1_000, 30_000];
/** If an operator allows less than we declare, less of the record is kept; at least so much is tried. */
const LEAST_BYTES = 32_768;

/** Puts a record away that cannot be read, with its bytes, headers and key, the reason and its origin. Resolves when Kafka has it and the record is done. */
export async function toQuarantine(producer: Producer, record: InboundRecord, reason: string, detail: string, signal?: AbortSignal): Promise<void> {
  const { topic, partition, offset } = record;
  await writeToQuarantine(producer, record, { reason, detail: detail.slice(0, 1_000), topic, partition, offset }, signal);
  record.done();
}

/**
 * Like `toQuarantine`, and tries again as often as quarantine refuses, as long as the record is ours. Nobody else would take it: it would hold up its partition until a
 * restart. Never rejects.
 */
export async function putAway(producer: Producer, record: InboundRecord, reason: string, detail: string, { signal, lost }: Pick<RecordBatch, 'signal' | 'lost'>): Promise<void> {
  for (let againMs = FIRST_AGAIN_MS; !signal.aborted; againMs = Math.min(LAST_AGAIN_MS, 2 * againMs)) {
    try {
      await toQuarantine(producer, record, reason, detail, lost);
      return;
    } catch (error) {
      if (lost.aborted) break;
      new Logger('Kafka').error(`${record.topic}-${record.partition} ${record.offset} cannot be put into quarantine; trying again in ${againMs} ms: ${String(error)}`);
      await pause(againMs, undefined, { signal }).catch(() => undefined);
    }
  }
  record.abandon();
}

/** Puts a batch away that cannot be decoded: its bytes are the value. */
export function batchToQuarantine(producer: Producer, { record, firstOffset, detail }: Undecodable, signal?: AbortSignal): Promise<void> {
  const { topic, partition, offset: lastOffset } = record;
  return writeToQuarantine(producer, record, { reason: 'undecodable-batch', detail: detail.slice(0, 1_000), topic, partition, offset: firstOffset, lastOffset }, signal);
}

/** Logs a batch that somebody else puts away, or whose loss changes nothing. */
export function passOver({ record: { topic, partition, offset }, firstOffset, detail }: Undecodable): Promise<void> {
  new Logger('Kafka').error(`${topic}-${partition}: offsets ${firstOffset} to ${offset} cannot be decoded and are skipped: ${detail}`);
  return Promise.resolve();
}

async function writeToQuarantine(producer: Producer, remains: Remains, failure: RecordFailure, signal: AbortSignal | undefined): Promise<void> {
  for (let room = quarantine.maxMessageBytes; ; room /= 2) {
    try {
      await producer.send(quarantine, fitted(remains, failure, room - FAILURE_BYTES), signal);
      return;
    } catch (error) {
      if (!TOO_LARGE.has(brokerError(error) ?? '') || room / 2 < LEAST_BYTES) throw error;
    }
  }
}

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** As much of a record as there is room for: half of it for headers, an eighth for the key, the rest for the value. The failure says what was cut or left out. */
function fitted({ key, value, headers, rawHeaders, topic, partition }: Remains, failure: RecordFailure, room: number) {
  const all = rawHeaders ?? rawOf(headers);
  const size = (some: readonly RawHeader[]): number => some.reduce((sum, header) => sum + sizeOf(header), 0);
  let left = room / 2;
  const kept = all.filter((header) => (left -= sizeOf(header)) >= 0);
  const keyPart = key?.subarray(0, room / 8) ?? null;
  const valuePart = value?.subarray(0, room - size(kept) - (keyPart?.length ?? 0)) ?? null;
  const isWhole = kept.length === all.length && keyPart?.length === key?.length && valuePart?.length === value?.length;
  const original = {
    keyBytes: key?.length ?? null,
    headersBytes: size(all),
    valueBytes: value?.length ?? null,
    valueSha256: value && createHash('sha256').update(value).digest('hex'),
  };
  return {
    // A record without a key could be written twice.
    key: keyPart ?? `${topic}-${partition}`,
    value: valuePart,
    headers: { ...travelling(kept), [FAILURE_HEADER]: JSON.stringify(isWhole ? failure : { ...failure, original }) },
  };
}

const OURS = new Set<string>([FAILURE_HEADER, ODD_HEADERS_HEADER]);
/** The bytes of a header: its lengths; a longer name, and base64, if it is odd. */
const HEADER_BYTES = 64;
const sizeOf = ([name, value]: RawHeader): number => HEADER_BYTES + Math.ceil(((name.length + (value?.length ?? 0)) * 4) / 3);

/** Headers as they can be written: names are text, and there is always a value. The others travel in one header. */
function travelling(headers: readonly RawHeader[]): RecordHeaders {
  const plain = new Map<string, Buffer[]>();
  const odd: { name: string; value: string | null }[] = [];
  for (const [name, value] of headers) {
    const text = name.toString();
    if (value === null || OURS.has(text) || !Buffer.from(text).equals(name)) odd.push({ name: name.toString('base64'), value: value?.toString('base64') ?? null });
    else plain.set(text, [...(plain.get(text) ?? []), value]);
  }
  if (odd.length) plain.set(ODD_HEADERS_HEADER, [Buffer.from(JSON.stringify(odd))]);
  return Object.fromEntries(plain);
}

function rawOf(headers: RecordHeaders): RawHeader[] {
  return Object.entries(headers as Record<string, RecordHeaders[string] | null | (Buffer | string | null)[]>).flatMap(([name, values]) =>
    [values].flat().flatMap((value): RawHeader[] => (value === undefined ? [] : [[Buffer.from(name), typeof value === 'string' ? Buffer.from(value) : value]])),
  );
}
