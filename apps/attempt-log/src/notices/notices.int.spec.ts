import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId, notices as declared, noticeTypes, NOTICE_TYPES, readEvent, isUnreadable, type Attempted, type TokenEvent } from '@nuncio/contracts';
import type { ConfigView, OutboundRecord } from '@nuncio/kafka';
import { attempted, ofDelivery, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { Certificates } from '../health/certificates.js';
import { DeliveryNotices } from './delivery-notices.js';
import { expiringCredentials } from './expiring.js';
import { finished } from './finished.js';
import { NoticeWorker } from './notice-worker.js';
import { AT_ONCE, COALESCED_MS, Notices } from './notices.js';
import { receiversOf, wantedBy } from './receivers.js';
import { TokenNotices } from './token-notices.js';

const NOW = Date.now();
const callback = (id: string, more: object = {}) => ({ kind: 'callback', id, position: 1, version: 1, at: NOW - 1, state: { id, tenant: 'acme', application: 'app_1', name: id, url: 'https://hooks.acme.com/in', groups: [], enabled: true, retry: { disableAfterDays: id === 'cb_1' ? 0 : 5 }, ...(id === 'cb_1' && { labels: { env: 'prod' } }), ...more } });
const subscription = (to: string, tenant = 'acme', eventTypes: readonly string[] = NOTICE_TYPES) => ({ kind: 'subscription', id: `sub_${to}`, position: 1, version: 1, at: NOW, state: { id: `sub_${to}`, tenant, callback: to, eventTypes, state: 'activated', awaitsApproval: false } });
const credential = { kind: 'credential', id: 'cred_1', position: 1, version: 1, at: NOW, state: { tenant: 'acme', name: 'client', groups: [], clientCertificate: { notAfter: new Date(NOW + 6 * 86_400_000).toISOString() }, clientSecret: 's1.x', clientSecretExpiresAt: new Date(NOW + 20 * 86_400_000).toISOString() } };
const all = {
  callback: [callback('cb_1'), callback('cb_desk'), callback('cb_ours', { tenant: 'provider' }), callback('cb_stranger', { tenant: 'globex' })],
  subscription: [subscription('cb_desk'), subscription('cb_1'), subscription('cb_ours', 'provider'), subscription('cb_stranger', 'globex')],
  credential: [credential],
  tenant: [],
};
const view = { all: (kind: keyof typeof all) => all[kind], get: (kind: keyof typeof all, id: string) => all[kind].find((one: { id: string }) => one.id === id) } as unknown as ConfigView;

let log: LogDatabase;
let notices: Notices;
let sent: OutboundRecord[];
let producer: { send: (topic: unknown, record: OutboundRecord) => Promise<void> };

beforeEach(async () => {
  log = await openLog();
  notices = new Notices(log.dataSource);
  sent = [];
  producer = {
    send: (_, record) => {
      sent.push(record);
      return Promise.resolve();
    },
  };
});
afterEach(() => log.drop());

const tellDue = (now: number, noticesTenant?: string) => new NoticeWorker(notices, producer, view, noticesTenant).tellDue(now);
const read = (facts: Attempted[]) => new DeliveryNotices(log.dataSource, notices, view, { sendJson: (_, __, signal) => Promise.resolve(void signals.push(signal)) }).read(facts, facts.at(-1)?.at ?? NOW);
/** The notices published since the last call. */
function told() {
  return sent.splice(0).map(({ headers, value }) => {
    const event = readEvent(headers ?? {}, value as Buffer);
    if (isUnreadable(event)) throw new Error(event.detail);
    const type = event.type as keyof typeof declared;
    declared[type].data.parse(JSON.parse(event.payload.toString()));
    return { id: event.id, type: type.slice('nuncio.'.length), to: event.attributes.callback, ...(JSON.parse(event.payload.toString()) as { occurrences: number }) };
  });
}
let signals: unknown[] = [];
let nth = 0;
const attempt = (at: number, over: Partial<Attempted> = {}): Attempted => attempted({ ...ofDelivery({ ceId: `n-${++nth}`, eventAt: NOW }), at }, 1, { id: newId('att'), ...over });
const dead = { next: { step: 'dead' } } as const;

describe('notices', () => {
  it('tell once that something fails, and once that it works again, whatever comes between, twice, or late', async () => {
    const facts = [attempt(NOW + 1), attempt(NOW + 2), attempt(NOW + 5, succeeded), attempt(NOW + 3), attempt(NOW + 6, succeeded)];
    for (const fact of facts) await read([fact]);
    for (const fact of facts) await read([fact]);
    await tellDue(NOW + 60_000);
    expect(told()).toMatchObject([
      { type: 'callback.failing', to: 'cb_desk', occurrences: 1, callback: 'cb_1', status: 503, labels: { env: 'prod' } },
      { type: 'callback.recovered', to: 'cb_desk', occurrences: 1, failingSince: new Date(NOW + 1).toISOString() },
    ]);
  });

  it('are published once, although two replicas read the same change at the same time', async () => {
    await Promise.all(Array.from({ length: 5 }, (_, n) => read([attempt(NOW + 1 + n)])));
    await Promise.all([tellDue(NOW + 60_000), tellDue(NOW + 60_000)]);
    expect(told()).toMatchObject([{ type: 'callback.failing', occurrences: 1 }]);
  });

  it('count what they stand for, and come at most once in ten minutes', async () => {
    await read([attempt(NOW + 1, dead)]);
    await tellDue(NOW + 1_000);
    expect(told().filter(({ type }) => type === 'delivery.exhausted')).toMatchObject([{ occurrences: 1 }]);
    await read([attempt(NOW + 2, dead), attempt(NOW + 3, dead)]);
    await read([attempt(NOW + 4, dead)]);
    await tellDue(NOW + COALESCED_MS - 1_000);
    expect(told()).toEqual([]);
    await tellDue(NOW + COALESCED_MS + 2_000);
    expect(told()).toMatchObject([{ type: 'delivery.exhausted', occurrences: 3, firstAt: new Date(NOW + 2).toISOString(), lastAt: new Date(NOW + 4).toISOString() }]);
  });

  it('are kept until Kafka accepts them, and then published under the same id', async () => {
    await read([attempt(NOW + 1)]);
    const { send } = producer;
    producer.send = (topic, record) => send(topic, record).then(() => Promise.reject(new Error('away')));
    await expect(tellDue(NOW + 1_000)).rejects.toThrow('away');
    const [lost] = told();
    producer.send = send;
    await tellDue(NOW + 60_000);
    expect(told()).toEqual([lost]);
  });

  it('also go to the tenant that gets those of all, and to no other', async () => {
    await read([attempt(NOW + 1)]);
    await tellDue(NOW + 1_000, 'provider');
    expect(told().map(({ to }) => to).sort()).toEqual(['cb_desk', 'cb_ours']);
  });

  it('disable a callback after days of nothing but failures, and start again after a success or an edit', async () => {
    const day = (n: number, over: Partial<Attempted> = {}) => read([{ ...attempt(NOW + n * 86_400_000, over), callback: 'cb_desk' }]);
    signals = [];
    for (const n of [0, 3]) await day(n);
    await day(4, succeeded);
    for (const n of [4.5, 9.4]) await day(n);
    expect(signals).toEqual([]);
    await day(9.6);
    expect(signals).toMatchObject([{ signal: 'failing', callback: 'cb_desk', callbackPosition: 1, status: 503 }]);
    for (const n of [0, 20]) await read([attempt(NOW + n * 86_400_000)]);
    expect(signals).toHaveLength(1);
  });

  it('go to no callback that others manage, too: they would learn of what they may not see', () => {
    const managed = { cb_billing: ['billing'], cb_both: ['billing', 'sales'], cb_all: [], cb_sales: ['sales'] };
    const known = Object.entries(managed).map(([id, groups]) => callback(id, { groups }));
    const wanted = wantedBy({ get: view.get.bind(view), all: (() => known.map(({ id }) => subscription(id))) as never });
    const heardBy = (groups: readonly string[]) => receiversOf({ type: 'nuncio.callback.failing', subject: 'cb_0', tenant: 'acme', groups }, wanted, { get: ((_: string, id: string) => known.find((one) => one.id === id)) as never }, undefined).map((to) => to.callback);
    expect(heardBy(['billing'])).toEqual(['cb_billing']);
    expect(heardBy(['billing', 'sales'])).toEqual(['cb_billing', 'cb_both', 'cb_sales']);
    expect(heardBy([]).sort()).toEqual(Object.keys(managed).sort());
  });

  it('of one tenant do not go before those of others, however many there are', async () => {
    const about = (subject: string, tenant: string, at: number) => ({ type: 'nuncio.callback.disabled', subject, tenant, groups: [], at, mark: at, data: { callback: subject, name: subject, application: 'app_1', reason: null, by: 'key_1' } }) as const;
    await notices.tell(Array.from({ length: 3 * AT_ONCE }, (_, n) => about(`cb_flood_${n}`, 'acme', NOW + n)), undefined, NOW);
    await notices.tell([about('cb_calm', 'globex', NOW)], undefined, NOW + 1_000);
    const claimed = await notices.claim(NOW + 2_000);
    expect([claimed.length, claimed.some(({ subject }) => subject === 'cb_calm')]).toEqual([AT_ONCE, true]);
    const rest = await notices.claim(NOW + 2_000);
    expect(rest.filter(({ subject }) => claimed.some((one) => one.subject === subject))).toEqual([]);
  });

  it('go to at most twenty callbacks of a tenant, those that subscribed first', () => {
    const many = Array.from({ length: 30 }, (_, n) => callback(`cb_${String(n).padStart(2, '0')}`));
    const wanted = wantedBy({ get: view.get.bind(view), all: (() => many.toReversed().map(({ id }) => subscription(id))) as never });
    const to = receiversOf({ type: 'nuncio.callback.failing', subject: 'cb_03', tenant: 'acme', groups: [] }, wanted, { get: ((_: string, id: string) => many.find((one) => one.id === id)) as never }, undefined);
    expect(to.map((one) => one.callback)).toEqual(many.map(({ id }) => id).filter((id) => id !== 'cb_03').slice(0, 20));
  });

  it('tell whoever manages its callback that an operation has ended, whoever began it', () => {
    const get = ((_: string, id: string) => (id === 'cb_billing' ? callback('cb_billing', { groups: ['billing'] }) : undefined)) as never;
    const admin = { id: 'key_admin', role: 'admin', tenant: null, groups: [] } as const;
    const of = (to: string | null) => finished({ id: 'op_1', kind: 'recover', callback: to, requested_by: admin, total: 1, sent: 1 } as never, 'done', {} as never, { get }, NOW);
    expect(of('cb_billing')).toMatchObject({ tenant: 'acme', groups: ['billing'] });
    expect(of(null)).toMatchObject({ tenant: null, groups: [] });
  });

  it('say nothing of deliveries of notices', async () => {
    await read([{ ...attempt(NOW + 1, dead), eventType: 'nuncio.callback.failing' }]);
    await tellDue(NOW + 60_000);
    expect(told()).toEqual([]);
  });

  it('say that the certificate of an endpoint expires, more often near the end, and nothing of a renewed one', async () => {
    const days = (n: number): number => NOW + n * 86_400_000;
    const seen = (at: number, endsAt: number): Attempted => ({ ...attempt(at, { ...succeeded, certificateEndsAt: endsAt }), startedAt: at });
    const read = (...facts: Attempted[]) => new Certificates(log.dataSource, notices, view).read(facts, facts.at(-1)?.at);
    await read(seen(days(0), days(31)), attempt(days(0), succeeded));
    await read(seen(days(2), days(31)), seen(days(3), days(31)));
    await read(seen(days(4), days(31)));
    await tellDue(days(4));
    expect(told()).toMatchObject([{ type: 'certificate.expiring', to: 'cb_desk', callback: 'cb_1', host: 'hooks.acme.com', expiresAt: new Date(days(31)).toISOString(), daysLeft: 28, occurrences: 1 }]);
    await read(seen(days(18), days(31)));
    await tellDue(days(18));
    expect(told()).toMatchObject([{ type: 'certificate.expiring', daysLeft: 13 }]);
    await read(seen(days(19), days(109)));
    await tellDue(days(19));
    expect(told()).toEqual([]);
    expect(await log.dataSource.query('SELECT * FROM log.certificates')).toEqual([{ callback: 'cb_1', ends_at: new Date(days(109)), seen_at: new Date(days(19)) }]);
    await read(seen(days(80), days(109)));
    await tellDue(days(80));
    expect(told()).toMatchObject([{ type: 'certificate.expiring', daysLeft: 29 }]);
  });

  it('are published as soon as they are stored, and rarely looked for while there is nothing', async () => {
    const looked = Promise.withResolvers<undefined>();
    const published = Promise.withResolvers<undefined>();
    let claims = 0;
    const counted = new Notices(log.dataSource);
    const { claim, nextDueAt } = counted;
    counted.claim = (now) => {
      claims += 1;
      return claim.call(counted, now);
    };
    counted.nextDueAt = async () => {
      const next = await nextDueAt.call(counted);
      looked.resolve(undefined);
      return next;
    };
    const sending = { send: (topic: unknown, record: OutboundRecord) => producer.send(topic, record).then(() => { published.resolve(undefined); }) };
    const worker = new NoticeWorker(counted, sending, { get: (kind: keyof typeof all, id: string) => all[kind].find((one: { id: string }) => one.id === id), all: (kind: keyof typeof all) => (kind === 'credential' ? [] : all[kind]), onChange: () => undefined } as unknown as ConfigView, undefined);
    worker.onApplicationBootstrap();
    await looked.promise;
    expect(claims).toBe(0);
    await counted.tell([{ type: 'nuncio.callback.disabled', subject: 'cb_1', tenant: 'acme', groups: [], at: Date.now(), mark: 1, data: { callback: 'cb_1', name: 'x', application: 'app_1', reason: null, by: 'key_1' } }]);
    await published.promise;
    await worker.onModuleDestroy();
    expect(told()).toMatchObject([{ type: 'callback.disabled' }]);
    expect(claims).toBe(1);
  });

  it('say that a credential fails, recovers and expires, more often near the end', async () => {
    const fact = { credential: 'cred_1', tenant: 'acme', position: 1, generation: 1, reason: 'miss', durationMs: 1 };
    const failed: TokenEvent = { event: 'failed', ...fact, at: NOW, tokenError: { class: 'http', httpStatus: 401, code: 'invalid_client', description: 'no' }, pausedUntil: null };
    await new TokenNotices(log.dataSource, notices, view).read([failed], NOW);
    await new TokenNotices(log.dataSource, notices, view).read([{ event: 'fetched', ...fact, at: NOW + 1, expiresAt: NOW + 1, scope: null }], NOW);
    for (const days of [0, 0.5, 5.5, 7]) await notices.tell(expiringCredentials(view, NOW + days * 86_400_000), undefined, NOW);
    await tellDue(NOW + 60_000);
    expect(told().filter(({ to }) => to === 'cb_desk').sort((a, b) => (a.type < b.type ? -1 : 1))).toMatchObject([
      { type: 'credential.expiring', what: 'client-secret', daysLeft: 13, occurrences: 3 },
      { type: 'credential.failing', tokenError: { class: 'http', httpStatus: 401, code: 'invalid_client' } },
      { type: 'credential.recovered', failingSince: new Date(NOW).toISOString() },
    ]);
  });
});

it.each(noticeTypes.map((type) => [type.name, type] as const))('%s has an example that fits its schema, and says when it comes', (name, { description, schema }) => {
  const { data, example } = declared[name as keyof typeof declared];
  expect(data.parse(example)).toEqual(example);
  expect([description, schema?.type]).toEqual([expect.stringMatching(/^[A-Z].*\.$/), 'object']);
});
