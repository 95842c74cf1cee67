import type { Message } from 'kafkajs';

const TENANTS = 20;
const CALLBACKS_EACH = 5;
/** One in this many fails. */
const FAILS = 20;

/** The fact of the first attempt of delivery `n`, as a dispatcher writes it: about 1.3 KB. */
export function fact(n: number, at: number) {
  const tenant = `tenant-${n % TENANTS}`;
  const callback = `cb_${tenant}-${Math.floor(n / TENANTS) % CALLBACKS_EACH}`;
  const failed = n % FAILS === 0;
  const id = n.toString(16).padStart(32, '0');
  return {
    fact: 'attempted',
    event: `evt_${id}`,
    eventAt: at,
    eventType: 'order.created',
    ceId: String(n),
    ceSource: '/bench',
    delivery: `dlv_${id}`,
    tenant,
    application: `app_${tenant}`,
    callback,
    subscription: `sub_${callback}`,
    at: at + 12,
    id: `att_${id}`,
    number: 1,
    reason: 'first',
    startedAt: at,
    requests: 1,
    request: {
      method: 'POST',
      url: `https://hooks.${tenant}.example.com/in/${callback}`,
      headers: {
        'content-type': 'application/json',
        authorization: '<redacted>',
        'webhook-id': `evt_${id}`,
        'webhook-timestamp': String(Math.floor(at / 1_000)),
        'webhook-signature': `v1,${'x'.repeat(44)}`,
        'x-trace-id': `evt_${id}`,
        'x-span-id': `dlv_${id}`,
        'x-event-created-at': new Date(at).toISOString(),
      },
    },
    response: {
      status: failed ? 503 : 204,
      headers: { server: 'nginx', date: 'Mon, 02 Mar 2026 06:00:00 GMT', connection: 'keep-alive' },
      body: failed ? 'upstream is busy' : '',
      bodyEncoding: 'utf8',
      bodyTruncated: false,
    },
    timingsMs: { token: 0, dns: null, connect: null, tls: null, firstByte: 11, total: 12 },
    outcome: failed ? 'failed' : 'delivered',
    error: failed ? { class: 'http', detail: null } : null,
    tokenError: null,
    next: failed ? { step: 'later', notBefore: at + 5_000 } : { step: 'done' },
  };
}

export type Fact = ReturnType<typeof fact>;

export const message = (one: Fact): Message => ({ key: one.delivery, value: JSON.stringify(one) });
