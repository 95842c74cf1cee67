import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

/** Every state of a delivery with every action on it, concurrently. The results are a table in docs/actions.md, which `UPDATE_DOCS=1` writes. */
const STATES = ['pending', 'held', 'parked', 'failed', 'delivered', 'canceled', 'expired', 'skipped'] as const;
type State = (typeof STATES)[number];
const DOCS = new URL('../../docs/actions.md', import.meta.url);

interface Case {
  readonly state: State;
  readonly action: string;
  readonly callback: string;
  readonly subscription: string;
  delivery: string;
  answer: string;
}

interface Whole {
  readonly id: string;
  readonly event: string;
  readonly status: string;
  readonly explanation: string;
  readonly timeline: readonly { readonly fact: string; readonly number: number | null; readonly requestedBy: string | null }[];
}

const fleet = sharedFleet();
const { api, cluster } = fleet;
const since = new Date(Date.now() - 3_600_000).toISOString();
let ceId = '';

/** The answer of the call. */
const call = async (method: string, path: string, body: unknown = {}): Promise<{ status: number; body: { code?: string; count?: number; operation?: string } | null }> =>
  api.call(method, path, body);
const said = ({ status, body }: Awaited<ReturnType<typeof call>>): string => (body?.code === undefined ? String(status) : `${status} \`${body.code}\``);
const bulk = async (path: string, body: object): Promise<string> => {
  const answer = await call('POST', path, body);
  const { operation, count } = answer.body ?? {};
  if (operation !== undefined)
    await eventually(async () => {
      expect((await api.get<{ state: string }>(`/v1/operations/${operation}`)).state).toBe('done');
    });
  return count === undefined ? said(answer) : `${said(answer)}, ${count}`;
};
const moves = async ({ subscription }: Case, ...names: string[]): Promise<string> => {
  let answer = '';
  for (const name of names) answer = said(await call('POST', `/v1/subscriptions/${subscription}/${name}`, name === 'activate' ? {} : { reason: 'maintenance' }));
  return answer;
};

const ACTIONS: Readonly<Record<string, (one: Case) => Promise<string>>> = {
  resend: async ({ delivery }) => said(await call('POST', `/v1/deliveries/${delivery}/resend`)),
  'send-now': async ({ delivery }) => said(await call('POST', `/v1/deliveries/${delivery}/send-now`)),
  cancel: async ({ delivery }) => said(await call('POST', `/v1/deliveries/${delivery}/cancel`)),
  'send-now in bulk': ({ callback }) => bulk(`/v1/callbacks/${callback}/send-now`, {}),
  'cancel in bulk': ({ callback }) => bulk('/v1/deliveries/cancel', { select: { callback: [callback], eventType: ['order.created'] } }),
  recover: ({ callback }) => bulk(`/v1/callbacks/${callback}/recover`, { since }),
  'replay by filter': ({ callback }) => bulk('/v1/replays', { select: { callback: [callback], eventType: ['order.created'] } }),
  'replay of events': ({ subscription }) => bulk('/v1/replays', { select: { events: { ceId: [ceId] }, subscription } }),
  'block, unblock': (one) => moves(one, 'block', 'unblock'),
  'deactivate, activate': (one) => moves(one, 'deactivate', 'activate'),
  pause: async ({ callback }) => said(await call('PATCH', `/v1/callbacks/${callback}`, { pausedUntil: new Date(Date.now() + 3_600_000).toISOString() })),
  disable: async ({ callback }) => said(await call('PATCH', `/v1/callbacks/${callback}`, { enabled: false })),
  delete: async (one) => {
    await moves(one, 'deactivate');
    return said(await call('DELETE', `/v1/subscriptions/${one.subscription}`, undefined));
  },
};

/** Brings a delivery of a new callback into each state. */
const SETTINGS: Readonly<Record<State, object>> = {
  pending: { retry: { delaysSeconds: [3_600], jitter: 0 } },
  held: {},
  parked: {},
  failed: { retry: { delaysSeconds: [] } },
  delivered: {},
  canceled: { retry: { delaysSeconds: [3_600], jitter: 0 } },
  expired: {},
  skipped: {},
};
const FAILING: readonly State[] = ['pending', 'failed', 'canceled'];

const inPortions = async <T>(all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> => {
  for (let from = 0; from < all.length; from += 10) await Promise.all(all.slice(from, from + 10).map(work));
};

afterAll(() => cluster.close());

it('follows docs/actions.md, whatever is done with a delivery in whatever state', async () => {
  const tenant = await Tenant.create(fleet);
  const warm = `warm.${tenant.id}`;
  await api.post('/v1/event-types', { name: warm });
  const failing = new Set<string>();
  const receiver = await Receiver.start(({ path }) => ({ status: failing.has(path.split('/').at(-1) ?? '') ? 500 : 204 }));
  const cases: Case[] = [];
  await inPortions(
    STATES.flatMap((state) => Object.keys(ACTIONS).map((action) => ({ state, action }))),
    async ({ state, action }) => {
      const name = randomUUID();
      const { id: callback } = await api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name, url: `${receiver.url}/${name}`, ...SETTINGS[state] });
      const body = { tenant: tenant.id, callback, eventTypes: state === 'held' ? [tenant.eventType, warm] : [tenant.eventType], activate: true };
      const { id: subscription } = await api.post<{ id: string }>('/v1/subscriptions', body);
      cases.push({ state, action, callback, subscription, delivery: '', answer: '' });
      if (FAILING.includes(state)) failing.add(name);
    },
  );
  const of = (state: State): Case[] => cases.filter((one) => one.state === state);
  const patch = (state: State, body: object): Promise<void> => inPortions(of(state), ({ callback }) => api.patch(`/v1/callbacks/${callback}`, body));
  await patch('held', { limits: { perSecond: 0.001 } });
  await patch('skipped', { enabled: false });
  await inPortions([...of('parked'), ...of('expired')], (one) => moves(one, 'block'));
  await tenant.inForce();

  const attributes = { type: warm };
  await tenant.publish([{ payload: '{}', attributes }]);
  await eventually(async () => {
    expect(await api.all('/v1/deliveries', { tenant: tenant.id, status: 'delivered', eventType: warm })).toHaveLength(of('held').length);
  });
  [ceId = ''] = await tenant.publish([{ payload: '{}' }]);
  const reached: Readonly<Record<State, string>> = { ...Object.fromEntries(STATES.map((state) => [state, state])), canceled: 'pending', expired: 'parked' } as Record<State, string>;
  const look = async (): Promise<Map<string, { id: string; status: string }>> => {
    const all = await api.all<{ id: string; status: string; subscription: string }>('/v1/deliveries', { tenant: tenant.id, eventType: tenant.eventType });
    return new Map(all.map((one) => [one.subscription, one]));
  };
  await eventually(async () => {
    const found = await look();
    expect(Object.fromEntries(cases.map(({ state, subscription }) => [subscription, `${state} ${found.get(subscription)?.status ?? ''}`]))).toEqual(
      Object.fromEntries(cases.map(({ state, subscription }) => [subscription, `${state} ${reached[state]}`])),
    );
    for (const one of cases) one.delivery = found.get(one.subscription)?.id ?? '';
  });

  // The fact that the log writes after two weeks.
  await inPortions(of('expired'), async ({ delivery }) => {
    const { id, event, createdAt, ...rest } = await api.get<Record<string, string>>(`/v1/deliveries/${delivery}`);
    const { ceId: ce, ceSource, eventType, tenant: whose, application, callback, subscription } = rest;
    const fact = { fact: 'expired', event, eventAt: Date.parse(createdAt ?? ''), eventType, ceId: ce, ceSource, delivery: id, tenant: whose, application, callback, subscription, number: 1, at: Date.now() + 1, reason: 'it was parked for too long' };
    await cluster.send('attempts', [{ key: delivery, value: JSON.stringify(fact) }]);
  });
  await inPortions(of('canceled'), ({ delivery }) => api.post(`/v1/deliveries/${delivery}/cancel`));
  await eventually(async () => {
    const found = await look();
    for (const { state, subscription } of cases) expect(found.get(subscription)?.status).toBe(state);
  });
  // Ends what caused each state, before the actions.
  failing.clear();
  await patch('held', { limits: { perSecond: null } });
  await patch('skipped', { enabled: true });
  await inPortions(of('expired'), (one) => moves(one, 'unblock'));
  await tenant.inForce();
  receiver.requests.length = 0;
  await Promise.all(cases.map(async (one) => (one.answer = (await ACTIONS[one.action]?.(one)) ?? '')));
  await tenant.inForce();

  const rows = async (): Promise<string[]> => {
    const found: Whole[] = [];
    await inPortions(cases, async ({ delivery }) => found.push(await api.get<Whole>(`/v1/deliveries/${delivery}`)));
    return STATES.flatMap((state) =>
      Object.keys(ACTIONS).map((action) => {
        const one = cases.find((c) => c.state === state && c.action === action);
        const whole = found.find(({ id }) => id === one?.delivery);
        const sent = receiver.requests.filter(({ headers }) => headers['x-span-id'] === one?.delivery).length;
        return `| ${state} | ${action} | ${one?.answer ?? ''} | ${sent} | ${whole?.status ?? ''} | ${withoutTimes(whole?.explanation ?? '')} |`;
      }),
    );
  };
  if (process.env.UPDATE_DOCS !== undefined) {
    let last = '';
    await eventually(async () => {
      const now = (await rows()).join('\n');
      const isSame = now === last;
      last = now;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect(isSame).toBe(true);
    });
    const text = readFileSync(DOCS, 'utf8');
    writeFileSync(DOCS, withTable(withTable(text, SHORT_HEAD, inShort(last.split('\n')).join('\n')), HEAD, last));
  }
  const documented = readFileSync(DOCS, 'utf8');
  await eventually(async () => {
    const now = await rows();
    expect([...now, ...inShort(now)].filter((row) => !documented.includes(row))).toEqual([]);
  });
  // Waits, to see that nothing arrives later that should have been dropped.
  await tenant.inForce();
  expect((await rows()).filter((row) => !documented.includes(row))).toEqual([]);
  await receiver.close();
});

const HEAD = '| state | action | answer | sent | state afterwards | explanation |\n| --- | --- | --- | --- | --- | --- |';
/** What can be asked for of a delivery, or of many, as calls of their own. */
const CALLS = ['resend', 'send-now', 'cancel', 'send-now in bulk', 'cancel in bulk', 'recover', 'replay by filter', 'replay of events'];
const SHORT_HEAD = `| state | ${CALLS.join(' | ')} |\n|---|${'---|'.repeat(CALLS.length)}`;

/** The table in short, of the rows of the whole one. */
const inShort = (rows: readonly string[]): string[] =>
  STATES.map((state) => {
    const cells = CALLS.map((action) => {
      const [answer = '', sent, afterwards = ''] = rows.find((row) => row.startsWith(`| ${state} | ${action} |`))?.split(' | ').slice(2) ?? [];
      if (answer.startsWith('409')) return '409';
      if (sent !== '0') return 'sent';
      if (afterwards !== state) return afterwards;
      return answer.endsWith(', 0') ? '–' : 'waits';
    });
    return `| **${state}** | ${cells.join(' | ')} |`;
  });

/** The text with these rows under this head. */
function withTable(text: string, head: string, rows: string): string {
  const from = text.indexOf(head);
  const end = text.indexOf('\n\n', from);
  return `${text.slice(0, from)}${head}\n${rows}${end < 0 ? '\n' : text.slice(end)}`;
}

/** Removes what differs from run to run. */
const withoutTimes = (sentence: string): string =>
  sentence
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…')
    .replaceAll(/\d+ (ms|s|min|h|d)( \d+ (s|min|h|d|ms))?/g, '…')
    .replaceAll(/key_\w+/g, '…')
    // Whether it is late depends on the machine's speed.
    .replace(/: late, because [^.]*\(its timeline says why\)/, '');
