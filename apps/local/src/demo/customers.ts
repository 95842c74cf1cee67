import { randomBytes } from 'node:crypto';
import { always, perDelivery, personaFault, standardWebhooksFault, webhookieFault, type FileEvent, type OAuthClient, type Received, type Script } from '@nuncio/fixtures';
import { jsonApi, raw } from './envelopes.js';

/** A company that receives webhooks: its settings, and its checks. */
export interface Customer {
  readonly name: string;
  readonly description: string;
  readonly tenant: string;
  /** Names of event types, or `*`. */
  readonly eventTypes: readonly string[];
  readonly client: OAuthClient | null;
  /** Settings of the callback beside name, URL and credential. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** How its endpoint answers once it is subscribed. Made anew for each run. */
  readonly script: () => Script;
  /** The body of a correct delivery of the event, byte for byte. */
  readonly body: (event: FileEvent, id: string) => Buffer;
  /** What is wrong with the signature; null = nothing. */
  readonly signatureFault: (request: Received, url: string) => string | null;
}

const ledger: OAuthClient = { clientId: 'northwind-ledger', clientSecret: secret(), authMethod: 'client_secret_basic' };
const hub: OAuthClient = { clientId: 'acme-hub', clientSecret: secret(), authMethod: 'client_secret_post' };
/** Clients of the authorization server, and how many tokens each must ask for: one, and one more for a refused one. */
export const clients = [
  { ...ledger, tokens: 1 },
  { ...hub, tokens: 2 },
];

/** Two of them share a credential, so one token serves both. Secrets and ports are new on each start; callbacks of an earlier start are updated. */
export const customers: readonly Customer[] = [
  persona({ name: 'ledger', description: 'persona, OAuth client_secret_basic', tenant: 'northwind', eventTypes: ['invoice.paid', 'invoice.overdue', 'inquiry.approved', 'customer.updated'], client: ledger }),
  standard({ name: 'orders', description: 'standard, OAuth client_secret_post', tenant: 'acme', eventTypes: ['order.created', 'order.shipped', 'order.canceled', 'payout.settled'], client: hub }),
  webhookie({ name: 'mirror', description: 'webhookie, HMAC in Authorization', tenant: 'kasuga', eventTypes: ['*'], client: null }),
  standard(
    { name: 'kitchen', description: 'standard, answers 503 twice', tenant: 'bistro-lumiere', eventTypes: ['order.created', 'stock.low'], client: null, script: () => perDelivery({ status: 503 }, { status: 503 }, { status: 204 }) },
    { retry: { delaysSeconds: [1, 2], jitter: 0 } },
  ),
  standard({ name: 'payments', description: 'standard, refuses the first token', tenant: 'acme', eventTypes: ['payment.failed', 'subscription.renewed'], client: hub, script: refuseFirstToken }),
];

type Wish = Pick<Customer, 'name' | 'description' | 'tenant' | 'eventTypes' | 'client'> & Partial<Pick<Customer, 'script'>>;

function persona(wish: Wish): Customer {
  const key = `wbhsec_${secret()}`;
  return { script: () => always({}), ...wish, settings: { profile: 'persona', signing: { secret: key } }, body: jsonApi, signatureFault: (request) => personaFault(request, key) };
}

function standard(wish: Wish, settings: object = {}): Customer {
  const key = `whsec_${randomBytes(32).toString('base64')}`;
  return { script: () => always({}), ...wish, settings: { profile: 'standard', signing: { secret: key }, ...settings }, body: raw, signatureFault: (request) => standardWebhooksFault(request, key) };
}

function webhookie(wish: Wish): Customer {
  const key = secret();
  const keyId = `${wish.tenant}-1`;
  return {
    script: () => always({}),
    ...wish,
    settings: { profile: 'webhookie', signing: { keyId, secret: key } },
    body: raw,
    signatureFault: (request, url) => webhookieFault(request, { url, keyId, secret: key }),
  };
}

function refuseFirstToken(): Script {
  let refused: string | undefined;
  return ({ headers }) => ((refused ??= headers.authorization) === headers.authorization ? { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } } : {});
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}
