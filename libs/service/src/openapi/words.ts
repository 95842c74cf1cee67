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
  externalId: ["The tenant's own name for it; null = it has none", 'erp-4711'],
  labels: ['Pairs that mean something to whoever set them', { env: 'prod' }],
  groups: ['Groups of people inside the tenant that may manage it; empty = the whole tenant', ['billing']],
  name: ['What people call it', 'ledger'],
  version: ['Grows by one with each change; the ETag', 3],
  createdAt: ['When it was made'],
  updatedAt: ['When it last changed'],
  at: ['When it happened'],
  since: ['Not before this time', '2026-01-31T00:00:00Z'],
  until: ['Before this time', '2026-02-01T00:00:00Z'],
  limit: ['How many one page has at most', 50],
  cursor: ['The `next` of the page before'],
  q: ['Those in whose id, name, URLs or event types this text is found, in any case', 'ledger'],
  reason: ['Why; null = there is nothing to say'],
  requestedBy: ['The key or person who asked for it; null = it came by itself', 'key_019b5f3a2c80d41d8cd98f00b204e980'],
  number: ['Of the attempt', 1],
  class: ['The kind of failure. `connect` = refused, unreachable, reset or closed early; `token` = no token could be had', 'http'],
  errorClass: ['The kind of failure. `connect` = refused, unreachable, reset or closed early; `token` = no token could be had', 'timeout'],
  responseStatus: ["The receiver's HTTP status", 503],
  detail: ['What there is to say about it in words'],
  tokenError: ['Why no token could be had; null = that was not what was wrong'],
  httpStatus: ["The authorization server's status; null = it answered nothing", 401],
  advice: ['What to do about it; null = there is nothing to say'],
  exact: ['false = as the database estimates it, since counting would have read too much', true],
  count: ['How many', 12],
  total: ['All of them', 12],
  topic: ['The topic, as Kafka knows it', 'nuncio.events'],
  partition: ['Of the topic', 0],
  offset: ['In the partition; a text, since it may be beyond what a JSON number holds', '4711'],
  url: ['Where it goes: an absolute URL', 'https://hooks.acme.com/in'],
  method: ['The HTTP method', 'POST'],
  status: ['The HTTP status; null = there was no answer', 204],
  durationMs: ['How long it took, in milliseconds', 41],
  scope: ['Scopes, with single spaces between them; null = none', 'events:write'],
  expiresAt: ['When it ends', '2026-01-31T13:00:00.000Z'],
  text: ['The bytes, in the encoding beside it', '{"total":1.0}'],
  encoding: ['utf8, or base64 where the bytes are no UTF-8', 'utf8'],
  pending: ['After a failure, until the next attempt is due'],
  held: ['Held: they wait without an attempt'],
  parked: ['Parked: they wait until the subscription is active'],
  delivered: ['Delivered'],
  failed: ['Failed for good'],
  canceled: ['Canceled: never sent'],
  skipped: ['Skipped: the callback was disabled'],
  expired: ['Parked for too long'],
  p50: ['Half of them took at most so long, in milliseconds'],
  p95: ['95 of 100 took at most so long, in milliseconds'],
  p99: ['99 of 100 took at most so long, in milliseconds'],
  oldestAt: ['When the event of the oldest was published; null = there is none'],
  enabled: ['false = nothing is sent, and what comes is recorded as skipped', true],
  step: ['What follows'],
  notBefore: ['When, at the earliest'],
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
