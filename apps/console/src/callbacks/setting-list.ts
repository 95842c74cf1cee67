import type { InputHTMLAttributes } from 'react';
import type { Schemas } from '../api/client.js';

type Option = readonly [value: string, label: string];
type InputProps = Pick<InputHTMLAttributes<HTMLInputElement>, 'type' | 'min' | 'max' | 'step' | 'pattern' | 'title' | 'required' | 'placeholder' | 'maxLength' | 'spellCheck'>;

/** A setting of a callback, as a form shows it. A form holds text. */
export interface Setting {
  /** Its place in the callback: `retry.jitter`. */
  readonly at: string;
  readonly label: string;
  readonly hint?: string;
  /** What can be chosen; absent = it is typed. */
  readonly options?: readonly Option[];
  readonly input?: InputProps;
  /** No profile presets it. */
  readonly isPlain?: true;
  /** The API's value as text. */
  readonly text: (value: unknown) => string;
  /** The text as the API's value; null = as the profile says. */
  readonly value: (text: string) => unknown;
}

type Rest = Pick<Setting, 'hint' | 'isPlain' | 'input'>;

const typed = (at: string, label: string, rest: Rest = {}): Setting => ({ at, label, ...rest, text: (value) => (typeof value === 'string' ? value : ''), value: (text) => text.trim() || null });

const chosen = (at: string, label: string, options: readonly Option[], rest: Rest = {}): Setting => ({ ...typed(at, label, rest), options });

/** `unit` = how much of the API's unit is one of the form's. */
const amount = (at: string, label: string, input: InputProps, { unit = 1, ...rest }: Rest & { readonly unit?: number } = {}): Setting => ({
  at,
  label,
  ...rest,
  input: { type: 'number', step: 'any', required: true, ...input },
  text: (value) => (typeof value === 'number' ? String(rounded(value / unit)) : ''),
  value: (text) => (text === '' ? null : rounded(Number(text) * unit)),
});

/** 0.07 / 0.01 is a little more than 7. */
const rounded = (value: number): number => Number(value.toFixed(6));

const partsOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);
const statusOf = (part: string): number | string => (/^\d+$/.test(part) ? Number(part) : part);
const STATUSES = String.raw`\s*([1-5]xx|[1-5]\d\d)([\s,]+([1-5]xx|[1-5]\d\d))*[\s,]*`;

const several = (at: string, label: string, one: (part: string) => unknown, input: InputProps, rest: Rest = {}): Setting => ({
  at,
  label,
  ...rest,
  input: { spellCheck: false, ...input },
  text: (value) => (Array.isArray(value) ? value.join(', ') : ''),
  value: (text) => partsOf(text).map(one),
});

const PROFILES = ['standard', 'persona', 'webhookie'] as const satisfies readonly Schemas['Callback']['profile'][];
const named = (names: readonly string[]): readonly Option[] => names.map((name) => [name, name]);

/** Which failures are retried: `any`, or statuses and the word `connection`. */
const retryOn: Setting = {
  at: 'retry.retryOn',
  label: 'Failures that are retried',
  hint: '“any”, or statuses and classes (429, 5xx); “connection” = there was no answer',
  input: { required: true, spellCheck: false, pattern: String.raw`\s*any\s*|[\s,]*(connection|[1-5]xx|[1-5]\d\d)([\s,]+(connection|[1-5]xx|[1-5]\d\d))*[\s,]*`, title: '“any”, or statuses, classes and “connection”' },
  text: (value) => {
    if (typeof value !== 'object' || value === null) return 'any';
    const { connection, statuses } = value as { connection: boolean; statuses: (number | string)[] };
    return [...(connection ? ['connection'] : []), ...statuses].join(', ');
  },
  value: (text) => {
    const parts = partsOf(text);
    return parts[0] === 'any' ? 'any' : { connection: parts.includes('connection'), statuses: parts.filter((part) => part !== 'connection').map(statusOf) };
  },
};

/** The credential's id; empty = without OAuth. The form fills in what can be chosen. */
const authentication: Setting = {
  at: 'authentication',
  label: 'Bearer token',
  options: [],
  isPlain: true,
  hint: 'Of a credential of this tenant',
  text: (value) => (value as Schemas['Authentication'] & { credential?: string } | undefined)?.credential ?? '',
  value: (text) => (text === '' ? { type: 'none' } : { type: 'oauth2', credential: text }),
};

export const profileSetting = chosen('profile', 'Profile', named(PROFILES), { isPlain: true, hint: 'Presets everything that is not set here' });

export interface SettingGroup {
  readonly name: string;
  readonly settings: readonly Setting[];
}

export const where: SettingGroup = {
  name: 'Where',
  settings: [
    typed('name', 'Name', { isPlain: true, input: { required: true, maxLength: 100 } }),
    typed('url', 'URL', { isPlain: true, input: { type: 'url', required: true, spellCheck: false }, hint: 'Another origin takes approvals of its subscriptions back' }),
    chosen('method', 'Method', named(['POST', 'PUT', 'PATCH'])),
    chosen('envelope', 'Payload', [['raw', 'as it is'], ['json-api', 'in a JSON:API document'], ['cloudevents', 'as a binary CloudEvent']]),
    amount('timeoutMs', 'Timeout, in seconds', { min: 1, max: 30 }, { unit: 1_000 }),
  ],
};

export const signing: SettingGroup = {
  name: 'Signing',
  settings: [
    chosen('signing.scheme', 'Scheme', named(['standard-webhooks', 'persona', 'webhookie', 'none']), { hint: 'Another one makes a new secret, which is shown once' }),
    chosen('signing.keyType', 'Key', [['', 'a shared secret'], ['ed25519', 'an Ed25519 key pair']]),
    typed('signing.keyId', 'Key id', { input: { spellCheck: false }, hint: 'Default: the id of the callback' }),
  ],
};

/** Settings that only some schemes have. */
export const ONLY_FOR: Readonly<Record<string, string>> = { 'signing.keyType': 'standard-webhooks', 'signing.keyId': 'webhookie' };

export const oauth: SettingGroup = {
  name: 'OAuth 2.0',
  settings: [authentication, chosen('onTokenFailure', 'Without a token', [['hold', 'the delivery is held until there is one'], ['retry', 'the attempt has failed, and is retried'], ['block', 'the subscription is blocked']])],
};

export const retry: SettingGroup = {
  name: 'Retry and limits',
  settings: [
    several('retry.delaysSeconds', 'Seconds before each retry', Number, { pattern: String.raw`\s*\d+(\.\d+)?([\s,]+\d+(\.\d+)?)*[\s,]*`, title: 'Numbers with commas between' }, { hint: 'Empty = no retries' }),
    amount('retry.jitter', 'Jitter, in per cent', { min: 0, max: 100 }, { unit: 0.01, hint: 'Each wait becomes longer by up to this much' }),
    several('retry.successStatuses', 'Statuses that are a success', statusOf, { required: true, pattern: STATUSES, title: 'Statuses and classes, such as 204 or 2xx' }),
    retryOn,
    amount('retry.retryAfterMaxSeconds', 'Longest Retry-After that is followed, in seconds', { min: 0, max: 1_209_600 }),
    chosen('retry.onGone', 'When it answers 410 Gone', [['disable', 'the callback is disabled'], ['retry', 'it is tried again'], ['final', 'the delivery has failed']]),
    chosen('retry.onExhausted', 'After the last failure', [['dead-letter', 'the delivery has failed'], ['block', 'the subscription is blocked']]),
    amount('retry.disableAfterDays', 'Disabled after days of nothing but failures', { min: 0, max: 365 }, { hint: '0 = never' }),
    amount('limits.concurrency', 'Requests in flight at most', { min: 1, max: 256, step: 1 }),
    amount('limits.perSecond', 'Requests a second at most', { min: 0.001, max: 100_000, required: false }, { hint: 'Empty = any number' }),
  ],
};

export const allSettings: readonly Setting[] = [profileSetting, ...[where, signing, oauth, retry].flatMap(({ settings }) => settings)];
