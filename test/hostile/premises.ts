import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { always, Receiver, type Answer, type Api } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';

/** How its receivers answer once the attack begins. */
const RECEIVERS: Readonly<Record<string, Answer>> = {
  hanging: 'hang',
  dropping: 'drop',
  refusing: { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
  bomb: { status: 500, headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(8_000_000)) },
  slow: { delayMs: 5_000 },
  gone: { status: 503, headers: { 'retry-after': '1' } },
};
/** Each has a token endpoint that does not answer during the attack. */
const CREDENTIALS = 20;
/** Events with large payloads. */
const LARGE = 2;
const LARGE_BYTES = 400_000;

/** Receivers and token endpoints of the hostile tenant, and its configuration, which was accepted while it behaved. */
export class Premises {
  readonly callbacks: Record<string, string> = {};
  readonly subscriptions: string[] = [];
  /** Ids of events with large payloads. */
  readonly large: string[] = [];
  /** Id of the credential with `private_key_jwt`. */
  signing = '';
  #isBad = false;
  readonly #receivers = new Map<string, Receiver>();
  readonly #tokens: Server;

  private constructor(
    readonly tenant: string,
    readonly eventType: string,
  ) {
    this.#tokens = createServer((request, response) => {
      request.resume();
      if (request.url === '/hanging' && this.#isBad) return;
      // A new token for each request, which its receiver refuses.
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ access_token: `t-${String(performance.now())}`, token_type: 'Bearer', expires_in: 2 }));
    });
  }

  static async open(api: Api, publisher: Api, { tenant, eventType }: { readonly tenant: string; readonly eventType: string }): Promise<Premises> {
    const premises = new Premises(tenant, eventType);
    premises.#tokens.listen(0, '127.0.0.1');
    await once(premises.#tokens, 'listening');
    const at = `http://127.0.0.1:${(premises.#tokens.address() as AddressInfo).port}`;
    const credentialFor = async (path: string, n = 0): Promise<object> => {
      const { id } = await post(api, '/v1/credentials', { name: `${path} ${n}`, tokenUrl: `${at}/${path}`, clientId: 'hostile', clientSecret: 'hostile' });
      return { authentication: { type: 'oauth2', credential: id } };
    };
    for (const name of Object.keys(RECEIVERS)) {
      const receiver = await Receiver.start(always({}));
      premises.#receivers.set(name, receiver);
      const settings = name === 'refusing' ? await credentialFor('tokens') : {};
      await premises.#subscribe(api, name, receiver.url, { timeoutMs: 30_000, limits: { concurrency: 256 }, ...settings });
    }
    for (let n = 0; n < CREDENTIALS; n++) await premises.#subscribe(api, `credential ${n}`, premises.#receivers.get('slow')?.url ?? '', await credentialFor('hanging', n));
    premises.signing = (await post(api, '/v1/credentials', { name: 'signing', tokenUrl: `${at}/tokens`, clientId: 'hostile', authMethod: 'private_key_jwt' })).id;
    for (let n = 0; n < LARGE; n++) await premises.#publishLarge(api, publisher);
    return premises;
  }

  get names(): string[] {
    return Object.keys(this.callbacks);
  }

  turnBad(): void {
    this.#isBad = true;
    for (const [name, receiver] of this.#receivers) receiver.answer(always(RECEIVERS[name] ?? {}));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#receivers.values()].map((receiver) => receiver.close()));
    this.#tokens.closeAllConnections();
    this.#tokens.close();
  }

  async #publishLarge(api: Api, publisher: Api): Promise<void> {
    const id = await eventually(async () => {
      const { status, body } = await publisher.call<{ id: string }>('POST', '/v1/events', JSON.stringify('x'.repeat(LARGE_BYTES)), { 'ce-type': this.eventType });
      if (status !== 202) throw new Error(`POST /v1/events: ${status}`);
      return body.id;
    });
    await eventually(() => api.get(`/v1/events/${id}`));
    this.large.push(id);
  }

  async #subscribe(api: Api, name: string, url: string, settings: object): Promise<void> {
    const { id } = await post(api, '/v1/callbacks', { name, url, ...settings });
    this.callbacks[name] = id;
    const { id: subscription } = await post(api, '/v1/subscriptions', { callback: id, eventTypes: [this.eventType], activate: true });
    this.subscriptions.push(subscription);
  }
}

/** Tries again if it was refused for too many requests. */
const post = (api: Api, path: string, body: object): Promise<{ id: string }> => eventually(() => api.post<{ id: string }>(path, body));
