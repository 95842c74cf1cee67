import { z } from 'zod';
import { ErrorClass, TokenError } from '../errors.js';

const Time = z.iso.datetime().meta({ description: 'RFC 3339, UTC' });

/** Fields of every notice: its tenant, and how often it happened since the last notice of the same type and subject. */
const told = {
  tenant: z.string().nullable().meta({ description: 'The tenant that it is about; null = none' }),
  labels: z.record(z.string(), z.string()).optional().meta({ description: 'The labels of the callback that it is about, or else of the credential' }),
  occurrences: z.int().min(1).meta({ description: 'How many times it happened; all other fields are of the last time' }),
  firstAt: Time,
  lastAt: Time,
};

const callback = { callback: z.string(), name: z.string(), application: z.string() };
const subscription = { subscription: z.string(), callback: z.string(), application: z.string(), eventTypes: z.array(z.string()) };
const credential = { credential: z.string(), name: z.string() };
const failure = { status: z.int().nullable().meta({ description: 'The status of the answer; null = there was none' }), errorClass: ErrorClass.nullable() };
const by = z.string().meta({ description: 'Who did it: the id of an API key or a person, or `nuncio`' });
const reason = z.string().nullable();
const outcome = z.record(z.string(), z.int());
const daysLeft = z.number().meta({ description: 'Days until `expiresAt`; negative = it has expired' });

const atOneTime = { tenant: 'acme', labels: { env: 'prod' }, occurrences: 1, firstAt: '2026-03-04T09:12:45.318Z', lastAt: '2026-03-04T09:12:45.318Z' };
const ledger = { callback: 'cb_019cb7a3f3c6a1b2c3d4e5f60718', name: 'ledger', application: 'app_019cb7a3f3c0a1b2c3d4e5f60718' };
const invoices = { subscription: 'sub_019cb7a3f3d1a1b2c3d4e5f60718', callback: ledger.callback, application: ledger.application, eventTypes: ['invoice.paid'] };
const client = { credential: 'cred_019cb7a3f3a0a1b2c3d4e5f60718', name: 'ledger client' };

/** The kind of a notice's subject. Occurrences for the same subject within ten minutes are one notice. */
export type NoticeSubject = 'callback' | 'subscription' | 'credential' | 'operation';

interface Notice<S extends z.ZodRawShape> {
  readonly about: NoticeSubject;
  /** A sentence that says when the notice is sent. */
  readonly when: string;
  readonly data: z.ZodObject<S & typeof told>;
  readonly example: z.input<z.ZodObject<S>>;
}

const notice = <S extends z.ZodRawShape>(about: NoticeSubject, when: string, shape: S, example: z.input<z.ZodObject<S>>): Notice<S> => ({
  about,
  when,
  data: z.object({ ...shape, ...told }),
  example: { ...example, ...atOneTime },
});

/**
 * Every notice. A new one is an entry here; its event type, its schema, its page in the docs and its contents follow from
 * it.
 */
export const notices = {
  'nuncio.callback.failing': notice(
    'callback',
    'An attempt failed, and the one before it had not: the first failure since the last success.',
    { ...callback, ...failure, delivery: z.string(), attempt: z.string() },
    { ...ledger, status: 503, errorClass: 'http', delivery: 'dlv_2f0c6a1d9e8b7c6d5e4f3a2b1c0d9e8f', attempt: 'att_019cb7a4011aa1b2c3d4e5f60718' },
  ),
  'nuncio.callback.disabled': notice(
    'callback',
    'A callback was disabled: its endpoint answered 410 (`gone`), it only failed for `retry.disableAfterDays` (`failing`), or a person did it (null). Events from then on are skipped.',
    { ...callback, reason, by },
    { ...ledger, reason: 'gone', by: 'nuncio' },
  ),
  'nuncio.callback.recovered': notice(
    'callback',
    'An attempt succeeded, and the one before it had failed.',
    { ...callback, failingSince: Time },
    { ...ledger, failingSince: '2026-03-04T08:01:10.004Z' },
  ),
  'nuncio.subscription.submitted': notice('subscription', 'A subscription waits for the approval of a provider.', { ...subscription, by, reason }, { ...invoices, by: 'key_019cb7a3f3b0a1b2c3d4e5f60718', reason: null }),
  'nuncio.subscription.approved': notice('subscription', 'A provider approved a subscription, which can be activated.', { ...subscription, by, reason }, { ...invoices, by: 'key_019cb7a3f3b0a1b2c3d4e5f60719', reason: null }),
  'nuncio.subscription.rejected': notice('subscription', 'A provider rejected a subscription.', { ...subscription, by, reason }, { ...invoices, by: 'key_019cb7a3f3b0a1b2c3d4e5f60719', reason: 'There is no contract for it.' }),
  'nuncio.subscription.suspended': notice('subscription', 'A provider suspended a subscription: nothing is sent for it.', { ...subscription, by, reason }, { ...invoices, by: 'key_019cb7a3f3b0a1b2c3d4e5f60719', reason: 'The contract has ended.' }),
  'nuncio.subscription.blocked': notice(
    'subscription',
    'A subscription was blocked, by a person or because its deliveries failed. Its events are parked until it is unblocked.',
    { ...subscription, by, reason },
    { ...invoices, by: 'nuncio', reason: 'http 503' },
  ),
  'nuncio.credential.failing': notice(
    'credential',
    'An authorization server gave no token, for the first time since it last gave one.',
    { ...credential, tokenError: TokenError.omit({ description: true }) },
    { ...client, tokenError: { class: 'http', httpStatus: 401, code: 'invalid_client' } },
  ),
  'nuncio.credential.recovered': notice('credential', 'An authorization server gave a token again.', { ...credential, failingSince: Time }, { ...client, failingSince: '2026-03-04T08:01:10.004Z' }),
  'nuncio.certificate.expiring': notice(
    'callback',
    "The certificate of a callback's endpoint ends soon, as the last new connection presented it. Sent 30, 14, 7 and 1 days before.",
    { ...callback, host: z.string(), expiresAt: Time, daysLeft },
    { ...ledger, host: 'hooks.acme.com', expiresAt: '2026-04-02T00:00:00.000Z', daysLeft: 28.6 },
  ),
  'nuncio.credential.expiring': notice(
    'credential',
    'The client certificate or the client secret of a credential ends soon. Sent 14, 7 and 1 days before, and when it has ended. A secret ends at its `clientSecretExpiresAt`.',
    { ...credential, what: z.enum(['client-certificate', 'client-secret']), expiresAt: Time, daysLeft },
    { ...client, what: 'client-certificate', expiresAt: '2026-03-11T00:00:00.000Z', daysLeft: 6.6 },
  ),
  'nuncio.delivery.exhausted': notice(
    'callback',
    'A delivery ended without a success: its retries are used up (`failed`), it was held too long (`held`), or it was parked for more than 14 days (`parked`). It can be sent again.',
    { ...callback, ...failure, subscription: z.string(), delivery: z.string(), event: z.string(), eventType: z.string(), attempts: z.int(), while: z.enum(['failed', 'held', 'parked']) },
    { ...ledger, status: 503, errorClass: 'http', subscription: invoices.subscription, delivery: 'dlv_2f0c6a1d9e8b7c6d5e4f3a2b1c0d9e8f', event: 'evt_7a1d9e8b2f0c6c6d5e4f3a2b1c0d9e8f', eventType: 'invoice.paid', attempts: 10, while: 'failed' },
  ),
  'nuncio.operation.finished': notice(
    'operation',
    'An operation (recover, replay, send-now, cancel) has ended, or was canceled.',
    { operation: z.string(), kind: z.string(), state: z.enum(['done', 'canceled']), callback: z.string().nullable(), requestedBy: by, count: z.int(), sent: z.int(), outcome: outcome.describe('The results of the deliveries sent; `open` = no result yet') },
    { operation: 'op_019cb7a4120aa1b2c3d4e5f60718', kind: 'recover', state: 'done', callback: ledger.callback, requestedBy: 'key_019cb7a3f3b0a1b2c3d4e5f60718', count: 420, sent: 418, outcome: { delivered: 380, failed: 2, open: 36 } },
  ),
} as const;

export type NoticeType = keyof typeof notices;
export const NOTICE_TYPES = Object.keys(notices) as NoticeType[];
/** The data of a notice without its tenant and count. */
export type NoticeData<T extends NoticeType> = Omit<z.input<(typeof notices)[T]['data']>, keyof typeof told>;
