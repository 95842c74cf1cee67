import { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { Secret } from '@nuncio/sealing';
import { buildConnector, Client } from 'undici';
import { z } from 'zod';
import { type Address, formatAddress } from './address.js';
import type { Call } from './call.js';
import { blockedAddress, OutboundError } from './outbound-error.js';

/** The operator's proxy for requests to the public internet. */
export interface EgressProxy {
  /** `http://proxy.internal:3128`; with https, the connection to the proxy itself is TLS. */
  readonly origin: string;
  /** The value of `Proxy-Authorization`; null = none. */
  readonly authorization: Secret | null;
}

/** `EGRESS_PROXY_URL`: `http://proxy.internal:3128`, `https://user:password@proxy.internal`. Absent = no proxy. */
export const EgressProxySetting = z
  .string()
  .optional()
  .transform((text, ctx): EgressProxy | null => {
    if (text === undefined) return null;
    const url = URL.parse(text);
    if (url && /^https?:$/.test(url.protocol) && url.pathname + url.search + url.hash === '/') return { origin: url.origin, authorization: basic(url) };
    // The text is not quoted, since it may have a password.
    ctx.addIssue({ code: 'custom', message: 'must be http://host:port or https://host:port, with user:password@ before the host if the proxy wants it' });
    return z.NEVER;
  });

/** RFC 7617. */
const basic = ({ username, password }: URL): Secret | null =>
  username === '' ? null : new Secret(`Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`);

/**
 * Opens a connection through the proxy to one of the judged addresses (CONNECT, RFC 9110 §9.3.6). The proxy gets the address, never the name, so it
 * cannot be led elsewhere. The tunnel carries TLS between Nuncio and the endpoint.
 */
export async function tunnel(proxy: EgressProxy, addresses: readonly Address[], port: number, secureContext: SecureContext, call: Call): Promise<Socket> {
  for (const address of addresses) {
    const socket = await connectThrough(proxy, authority(address, port), secureContext, call);
    if (socket === 'unreachable') continue;
    call.mark('connect');
    return socket;
  }
  throw new OutboundError('connect', 'the host is unreachable');
}

const authority = (address: Address, port: number): string =>
  address.length === 4 ? `${formatAddress(address)}:${port}` : `[${formatAddress(address)}]:${port}`;

/** Statuses by which a proxy says that it cannot reach the endpoint. That is the endpoint's failure, and another address may work. */
const UNREACHABLE = new Set([502, 503, 504]);

function connectThrough({ origin, authorization }: EgressProxy, host: string, secureContext: SecureContext, call: Call): Promise<Socket | 'unreachable'> {
  const dial = buildConnector({ secureContext, rejectUnauthorized: true, allowH2: false });
  let reached = false;
  const client = new Client(origin, {
    connect: (options, done) => {
      // Otherwise undici would check the proxy's certificate for the name in Host, which is the endpoint's.
      dial({ ...options, servername: undefined }, (...result) => {
        reached = result[0] === null;
        done(...result);
      });
    },
    allowH2: false,
    headersTimeout: 0,
  });
  const headers = { host, ...(authorization && { 'proxy-authorization': authorization.reveal() }) };
  return new Promise((fulfil, reject) => {
    const fail = (error: OutboundError): void => {
      reject(error);
      void client.destroy();
    };
    // Once the proxy has been reached, a timeout is the endpoint's.
    call.during(fail, () => (reached ? null : new OutboundError('proxy', 'the egress proxy does not answer')));
    client.connect({ path: host, headers }, (error, answer) => {
      if (error) {
        fail(new OutboundError('proxy', 'the egress proxy does not answer', error));
        return;
      }
      const { statusCode, socket } = answer;
      // Stays for the socket's whole life, as on every other socket.
      socket.on('error', () => undefined);
      if (statusCode >= 200 && statusCode < 300 && socket instanceof Socket) {
        fulfil(socket);
        return;
      }
      socket.destroy();
      if (UNREACHABLE.has(statusCode)) fulfil('unreachable');
      // A refusal by the proxy's rules has the same words as our own.
      else reject(statusCode === 403 ? blockedAddress() : new OutboundError('proxy', `the egress proxy answered ${statusCode}`));
    });
  });
}
