import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TokenEvent, type Attempted, type Principal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { attempted, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { IncidentsController } from './incidents.controller.js';

const admin: Principal = { id: 'key_admin', role: 'admin', tenant: null, groups: [] };
const globex: Principal = { id: 'key_globex', role: 'viewer', tenant: 'globex', groups: [] };
const now = Math.floor(Date.now() / 60_000) * 60_000;
const minutesAgo = (n: number): number => now - n * 60_000;
const iso = (ms: number): string => new Date(ms).toISOString();

const callback = (id: string, host: string, over: object = {}) => ({ id, state: { tenant: 'acme', groups: [], url: `https://${host}/in`, enabled: true, authentication: { type: 'none' }, ...over } });
const callbacks = [
  callback('cb_mended', 'a.example'),
  callback('cb_beside', 'a.example'),
  callback('cb_slow', 'b.example'),
  callback('cb_flaps', 'c.example'),
  callback('cb_off', 'd.example', { enabled: false }),
  callback('cb_globex', 'e.example', { tenant: 'globex' }),
  callback('cb_oauth', 'f.example', { authentication: { type: 'oauth2', credential: 'cred_ill' } }),
];
const credentials = [{ id: 'cred_ill', state: { tenant: 'acme', groups: [], tokenUrl: 'https://id.example/token', issuer: null } }];
const all = { callback: callbacks, credential: credentials } as const;
const view = { all: (kind: keyof typeof all) => all[kind], get: (kind: keyof typeof all, id: string) => (all[kind] as readonly { id: string }[]).find((one) => one.id === id) } as unknown as ConfigView;

let log: LogDatabase;
let incidents: IncidentsController;
const list = async (caller = admin, over: object = {}) => (await incidents.list(caller, { tenant: undefined, state: undefined, since: undefined, limit: 50, ...over })).items;
const at = async (host: string) => (await list()).filter((incident) => incident.host === host);

beforeAll(async () => {
  log = await openLog();
  incidents = new IncidentsController(log.dataSource, view);
  const dead = { next: { step: 'dead' } } as const;
  let offset = 0;
  const tried = (id: string, ago: number, over: Partial<Attempted> = dead) => placed(attempted(ofDelivery({ ceId: `${id}-${ago}`, eventAt: minutesAgo(ago), callback: id, tenant: id === 'cb_globex' ? 'globex' : 'acme' }), 1, { startedAt: minutesAgo(ago), ...over }), offset++);
  await log.writer.writeFacts([
    ...[300, 290].map((ago) => tried('cb_mended', ago)),
    tried('cb_mended', 280, succeeded),
    ...[295, 285].map((ago) => tried('cb_beside', ago)),
    tried('cb_beside', 270, succeeded),
    // The failures are hours apart, but nothing succeeds between them.
    ...[600, 420, 180].map((ago) => tried('cb_slow', ago, {})),
    ...[500, 200].map((ago) => tried('cb_flaps', ago)),
    ...[400, 100].map((ago) => tried('cb_flaps', ago, succeeded)),
    tried('cb_off', 50),
    tried('cb_globex', 40),
    tried('cb_oauth', 30, { ...dead, error: { class: 'token', detail: null }, response: null }),
  ]);
  const refused = (ago: number) => TokenEvent.parse({ event: 'failed', credential: 'cred_ill', tenant: 'acme', position: 1, generation: 1, at: minutesAgo(ago), reason: 'miss', durationMs: 12, tokenError: { class: 'http', httpStatus: 400, code: 'invalid_client' } });
  await log.writer.writeTokenRequests([20, 10].map((ago) => ({ event: refused(ago), record: { partition: 0, offset: String(ago) } })));
});
afterAll(() => log.drop());

describe('incidents', () => {
  it('are failures of one kind at one host, from the first to the last, with what is lost', async () => {
    expect(await at('a.example')).toEqual([
      {
        kind: 'endpoint', host: 'a.example', errorClass: 'http', state: 'over', since: new Date(minutesAgo(300)), until: new Date(minutesAgo(284)), failed: 4,
        callbacks: ['cb_mended', 'cb_beside'], callbackCount: 2, credentials: [], waiting: 0, lost: 4,
        firstFailure: expect.objectContaining({ at: new Date(minutesAgo(300)), status: 503, errorClass: 'http', advice: expect.stringContaining('recover') as unknown }) as unknown,
      },
    ]);
  });

  it('go on as long as nothing succeeds, however far apart the failures are, and say what waits', async () => {
    expect(await at('b.example')).toMatchObject([{ state: 'open', since: new Date(minutesAgo(600)), until: null, failed: 3, waiting: 3, lost: 0 }]);
  });

  it('are two where something succeeded for more than an hour between', async () => {
    expect((await at('c.example')).map(({ state, since }) => [state, since])).toEqual([['over', new Date(minutesAgo(200))], ['over', new Date(minutesAgo(500))]]);
  });

  it('are over where nothing is sent any more', async () => {
    expect(await at('d.example')).toMatchObject([{ state: 'over', until: new Date(minutesAgo(49)) }]);
  });

  it('are an authorization server’s where it gives no token, and concern the callbacks behind it', async () => {
    expect(await at('id.example')).toMatchObject([{ kind: 'authorization-server', errorClass: 'http', state: 'open', failed: 2, credentials: ['cred_ill'], callbacks: ['cb_oauth'], firstFailure: { attempt: null, status: 400, detail: 'invalid_client', tokenError: { code: 'invalid_client' } } }]);
    expect(await at('f.example')).toEqual([]);
  });

  it('come with those that go on first, of a time, a state and a tenant, and only as far as the caller reaches', async () => {
    expect(await list(admin, { state: ['!over'] })).toEqual(await list(admin, { state: ['open'] }));
    expect((await list()).map(({ state }) => state)).toEqual([...(await list(admin, { state: ['open'] })), ...(await list(admin, { state: ['over'] }))].map(({ state }) => state));
    expect((await list(admin, { since: iso(minutesAgo(60)) })).map(({ host }) => host)).toEqual(['id.example', 'e.example', 'd.example']);
    expect((await list(globex)).map(({ host }) => host)).toEqual(['e.example']);
    expect((await list(admin, { tenant: ['globex'], limit: 1 })).map(({ callbacks: ids }) => ids)).toEqual([['cb_globex']]);
  });
});
