import { ErrorClass } from '@nuncio/contracts';
import type { GraveKind } from './grave-row.js';

const OURS = 'Nobody but Nuncio should write there: look which client did, or which release.';
const FAILED = 'The last attempt of its schedule failed. Send it again once its endpoint is mended.';

/** What to do about a record, by the reason why it was quarantined or became a dead letter. */
const HINTS: Readonly<Record<GraveKind, ReadonlyMap<string, string>>> = {
  quarantine: new Map([
    ['null-value', 'The record has no value at all; an event without a payload has an empty one. Give it one and publish it again, and tell the producer.'],
    ['too-large', 'Take from the event what makes it so large, or send a link to it. Tell the producer.'],
    ['bad-header', 'A header must be one UTF-8 text. Give it anew and publish the record again, and tell the producer.'],
    ['missing-attribute', 'Give the header that is missing (ce_specversion, ce_id, ce_source, ce_type) and publish the record again, and tell the producer.'],
    ['bad-attribute', 'Give the header of this attribute anew and publish the record again, and tell the producer.'],
    ['bad-structured', 'The value is to be one CloudEvent in JSON format. Mend it and publish the record again, and tell the producer.'],
    ['schema', 'Mend the payload, or the schema of its event type, and publish the record again.'],
    ['failed', 'A fault of ours: the log of the dispatcher has its stack at the same time. Publish the record again once it is mended.'],
    ['unstorable', 'PostgreSQL refuses a value of this fact. What it tells of has happened; it is missing in the log.'],
    ['undecodable-batch', 'The records of this batch cannot be had. Their producer should publish them again.'],
    ...['bad-errand', 'bad-sample', 'bad-fact', 'bad-json', 'unreadable'].map((reason) => [reason, OURS] as const),
  ]),
  'dead-letter': new Map([
    ...ErrorClass.options.map((errorClass) => [errorClass, FAILED] as const),
    ['token', 'The authorization server gave no token. Send it again once its credential works.'],
    ['exhausted', 'It was held for as long as its schedule. Send it again once what it waited for is there.'],
    ['expired', 'It was parked for too long. Activate its subscription, then send it again.'],
  ]),
};

export const hintOf = (kind: GraveKind, reason: string): string => HINTS[kind].get(reason) ?? 'This reason is not known here; look at its headers.';

/** The reason if it is a known one, else `other`: metrics need a closed set of labels. */
export const knownReason = (kind: GraveKind, reason: string): string => (HINTS[kind].has(reason) ? reason : 'other');
