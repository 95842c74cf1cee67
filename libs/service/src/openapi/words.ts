import type { Json } from './tidy.js';

type Word = readonly [description: string, example?: unknown];

/** What these names mean in all bodies, answers and queries. A schema describes a field itself if it means something else, or more. */
const WORDS: Readonly<Record<string, Word>> = {
  id: ['Its id'],
  tenant: ['Id of the tenant', 'acme'],
  application: ['Id of the application', 'app_019b5f3a2c80d41d8cd98f00b204e980'],
  callback: ['Id of the callback', 'cb_019b5f3a2c80d41d8cd98f00b204e980'],
  subscription: ['Id of the subscription', 'sub_019b5f3a2c80d41d8cd98f00b204e980'],
  credential: ['Id of the credential', 'cred_019b5f3a2c80d41d8cd98f00b204e980'],
  event: ['Id of the event; the same over retries, resends and replays', 'evt_2cf24dba5fb0a30e26e83b2ac5b9e29e'],
  delivery: ['Id of the delivery; the same over retries, resends and replays', 'dlv_9f86d081884c7d659a2feaa0c55ad015'],
  ceId: ['The CloudEvents `id` that its producer gave the event', 'order-4711'],
  ceSource: ['The CloudEvents `source` of the event', '/billing'],
  eventType: ['The CloudEvents `type` of the event', 'invoice.paid'],
  externalId: ["The tenant's own name for it; null = none", 'erp-4711'],
  labels: ['Labels, which the user defines', { env: 'prod' }],
  groups: ['Groups of people in the tenant that may manage it; empty = the whole tenant', ['billing']],
  name: ['A name for people', 'ledger'],
  version: ['Grows by one with each change; also the ETag', 3],
  createdAt: ['When it was created'],
  updatedAt: ['When it last changed'],
  at: ['When it happened'],
  since: ['At this time or later', '2026-01-31T00:00:00Z'],
  until: ['Before this time', '2026-02-01T00:00:00Z'],
  limit: ['The most items in a page', 50],
  cursor: ['The `next` of the page before'],
  q: ['Only resources with this text in their id, name, URLs or event types, in any case', 'ledger'],
  reason: ['The reason; null = there is none'],
  requestedBy: ['The key or person who asked for it; null = nobody did', 'key_019b5f3a2c80d41d8cd98f00b204e980'],
  number: ['The number of the attempt', 1],
  class: ['The error class. `connect` = refused, unreachable, reset or closed early; `token` = there was no token', 'http'],
  errorClass: ['The error class. `connect` = refused, unreachable, reset or closed early; `token` = there was no token', 'timeout'],
  responseStatus: ["The receiver's HTTP status", 503],
  detail: ['Details, in words'],
  tokenError: ['Why there was no token; null = that was not the cause'],
  httpStatus: ['The status that the authorization server answered; null = it did not answer', 401],
  advice: ['What to do about it; null = there is no advice'],
  exact: ["false = the database's estimate, since counting would have read too much", true],
  count: ['How many', 12],
  total: ['The number of all', 12],
  topic: ["The topic's name in Kafka", 'nuncio.events'],
  partition: ['The partition of the topic', 0],
  offset: ['The offset in the partition. A text, since it may exceed what a JSON number holds', '4711'],
  url: ['The absolute URL that requests are sent to', 'https://hooks.acme.com/in'],
  method: ['The HTTP method', 'POST'],
  status: ['The HTTP status; null = there was no answer', 204],
  durationMs: ['The duration in milliseconds', 41],
  scope: ['Scopes, separated by single spaces; null = none', 'events:write'],
  expiresAt: ['When it ends', '2026-01-31T13:00:00.000Z'],
  text: ['The bytes, in the given encoding', '{"total":1.0}'],
  encoding: ['utf8, or base64 if the bytes are not UTF-8', 'utf8'],
  pending: ['Waiting for the next attempt after a failure'],
  held: ['Held: waiting without an attempt'],
  parked: ['Parked: waiting until the subscription is active'],
  delivered: ['Delivered'],
  failed: ['Failed for good'],
  canceled: ['Canceled: never sent'],
  skipped: ['Skipped: the callback was disabled'],
  expired: ['Parked for too long'],
  p50: ['The median, in milliseconds'],
  p95: ['The 95th percentile, in milliseconds'],
  p99: ['The 99th percentile, in milliseconds'],
  oldestAt: ['When the event of the oldest one was published; null = there is none'],
  enabled: ['false = nothing is sent, and events are recorded as skipped', true],
  step: ['The next step'],
  notBefore: ['The earliest time'],
};

/** Adds the description of its name to a field that has none. */
export function withWords(name: string, field: Json): Json {
  const [description, example] = WORDS[name] ?? [];
  if (description === undefined || 'description' in field) return field;
  const fits = example !== undefined && field.type !== undefined && !['enum', 'examples', 'default', 'const'].some((key) => key in field) && fitsType(example, field);
  return { ...field, description, ...(fits ? { examples: [field.type === 'array' && !Array.isArray(example) ? [example] : example] } : {}) };
}

function fitsType(example: unknown, { type, items, format }: Json): boolean {
  const types = [type].flat();
  if (types.includes('array') && !Array.isArray(example)) return fitsType(example, (items ?? {}) as Json) && !('enum' in ((items ?? {}) as Json));
  if (format === 'date-time' && !/^\d{4}-/.test(String(example))) return false;
  return types.some((one) => (one === 'array' ? Array.isArray(example) : one === 'integer' ? Number.isInteger(example) : one === typeof example));
}
