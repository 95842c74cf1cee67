import { ErrorClass } from '@nuncio/contracts';
import type { FailedRecordKind } from './failed-record-row.js';

const OURS = 'Only Nuncio should write to this topic. Find out which client did, or which release.';
const FAILED = 'The last attempt of its schedule failed. Send it again once its endpoint works.';

/** What to do about a record, by the reason why it was quarantined or became a dead letter. */
const HINTS: Readonly<Record<FailedRecordKind, ReadonlyMap<string, string>>> = {
  quarantine: new Map([
    ['null-value', 'The record has no value; an event without a payload has an empty one. Give it a value and publish it again. Tell the producer.'],
    ['too-large', 'Remove from the event what makes it so large, or send a link to it. Tell the producer.'],
    ['bad-header', 'A header must be one UTF-8 text. Correct it and publish the record again. Tell the producer.'],
    ['missing-attribute', 'Add the missing header (ce_specversion, ce_id, ce_source, ce_type) and publish the record again. Tell the producer.'],
    ['bad-attribute', 'Correct the header of this attribute and publish the record again. Tell the producer.'],
    ['bad-structured', 'The value must be one CloudEvent in JSON format. Correct it and publish the record again. Tell the producer.'],
    ['schema', 'Correct the payload, or the schema of its event type, and publish the record again.'],
    ['failed', 'This is a fault of Nuncio. The log of the dispatcher has the stack at the same time. Publish the record again once the fault is corrected.'],
    ['unstorable', 'PostgreSQL refuses a value of this fact. What the fact says has happened, but is missing in the log.'],
    ['undecodable-batch', 'The records of this batch cannot be read. Their producer should publish them again.'],
    ...['bad-errand', 'bad-sample', 'bad-fact', 'bad-json', 'unreadable'].map((reason) => [reason, OURS] as const),
  ]),
  'dead-letter': new Map([
    ...ErrorClass.options.map((errorClass) => [errorClass, FAILED] as const),
    ['token', 'The authorization server gave no token. Send it again once its credential works.'],
    ['exhausted', 'It was held for as long as its retry schedule. Send it again once the cause is gone.'],
    ['expired', 'It was parked for too long. Activate its subscription, then send it again.'],
  ]),
};

export const hintOf = (kind: FailedRecordKind, reason: string): string => HINTS[kind].get(reason) ?? 'This reason is unknown here. Look at the headers of the record.';

/** The reason if it is a known one, else `other`: metrics need a closed set of labels. */
export const knownReason = (kind: FailedRecordKind, reason: string): string => (HINTS[kind].has(reason) ? reason : 'other');
