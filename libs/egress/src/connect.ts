import type { Socket } from 'node:net';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import { type Address, formatAddress, parseAddress, sameAddress } from './address.js';
import type { Call } from './call.js';
import { isPublic } from './classify.js';
import { dial } from './dial.js';
import { allowsAddress, type EgressAllow } from './egress-allow.js';
import { blockedAddress, OutboundError, resolverAway, tlsFailure } from './outbound-error.js';
import { type EgressProxy, tunnel } from './egress-proxy.js';
import type { Resolve } from './resolver.js';
import type { Target } from './target.js';

/** What all connections of a process have in common. */
export interface ConnectSettings {
  readonly allow: EgressAllow;
  readonly proxy: EgressProxy | null;
  readonly resolve: Resolve;
  /** The TLS context without a client certificate, for the egress proxy. */
  readonly secureContext: SecureContext;
  /** When the first of the operator's own authorities expires, epoch milliseconds. */
  readonly trustEndsAt: number;
}

/**
 * Opens a connection to a parsed target: resolve → classify → pin → connect → check, and TLS if the URL is https. It connects only to the bytes that
 * were judged. `asWhom`: the client's identity. `protocols`: those to offer (ALPN). Rejects with an OutboundError: `dns`, `blocked_address`,
 * `connect`, `proxy`, `tls`, or the end of the call.
 */
export async function connect(target: Target, settings: ConnectSettings, asWhom: SecureContext, protocols: readonly string[], call: Call): Promise<Socket> {
  const { allow, proxy } = settings;
  const addresses = target.address ? [target.address] : await resolve(target, settings.resolve, call);
  if (!addresses.every((address) => mayConnect(target, address, allow))) throw blockedAddress();

  const direct = proxy === null || addresses.every((address) => isOperators(target, address, allow));
  const socket = direct ? await toOneOf(addresses, target.port, call) : await tunnel(proxy, addresses, target.port, settings.secureContext, call);
  return target.secure ? secure(socket, target, settings, asWhom, protocols, call) : socket;
}

async function resolve(target: Target, ask: Resolve, call: Call): Promise<Address[]> {
  const answers = await new Promise<readonly string[]>((fulfil, reject) => {
    // If a name of the operator's cannot be resolved, that is the operator's problem, not the tenant's.
    call.during(reject, () => (target.named || ask.isAway?.() ? resolverAway() : null));
    ask(target.host, target.named).then(fulfil, reject);
  });
  call.mark('dns');
  if (answers.length === 0) throw new OutboundError('dns', 'the host name has no address');
  return answers.map((text) => {
    const address = parseAddress(text);
    if (!address) throw blockedAddress();
    return address;
  });
}

const mayConnect = (target: Target, address: Address, allow: EgressAllow): boolean => isPublic(address) || isOperators(target, address, allow);

/** EGRESS_ALLOW names it, so it may be private, and is not called through an egress proxy. */
const isOperators = (target: Target, address: Address, allow: EgressAllow): boolean => target.named || allowsAddress(allow, address, target.port);

async function toOneOf(addresses: readonly Address[], port: number, call: Call): Promise<Socket> {
  const socket = await dial(addresses, port, call);
  checkPeer(socket, addresses);
  call.mark('connect');
  return socket;
}

/** Nothing is sent to a peer that was not judged, whatever happens between the look-up and the kernel. */
export function checkPeer(socket: Pick<Socket, 'remoteAddress' | 'destroy'>, addresses: readonly Address[]): void {
  const peer = parseAddress(socket.remoteAddress ?? '');
  if (peer && addresses.some((address) => sameAddress(address, peer))) return;
  socket.destroy();
  throw blockedAddress();
}

async function secure(
  socket: Socket,
  target: Target,
  { trustEndsAt }: ConnectSettings,
  secureContext: SecureContext,
  protocols: readonly string[],
  call: Call,
): Promise<Socket> {
  const secured = connectTls({
    socket,
    secureContext,
    // The name that the certificate must have, and the SNI, which is only for names (RFC 6066 §3).
    host: target.address ? formatAddress(target.address) : target.host,
    servername: target.address ? '' : target.host,
    ALPNProtocols: protocols,
    // Explicit, since NODE_TLS_REJECT_UNAUTHORIZED would turn it off.
    rejectUnauthorized: true,
  });
  const validTo = endOfRefused(secured);
  await handshaken(secured, call, (error) => tlsFailure(error, Date.now() >= trustEndsAt, validTo()));
  call.mark('tls');
  call.certificateEndsAt = secured.getPeerX509Certificate()?.validToDate.getTime();
  return secured;
}

/** When the certificate that was refused ends, epoch milliseconds. A destroyed socket no longer knows it, so it is read just before that. */
function endOfRefused(socket: TLSSocket): () => number | null {
  let validTo: number | null = null;
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error) => {
    // null if the connection has already gone.
    const certificate = error ? (socket.getPeerCertificate() as { valid_to?: string } | null) : null;
    if (certificate?.valid_to !== undefined) validTo = Date.parse(certificate.valid_to);
    return destroy(error);
  };
  return () => validTo;
}

function handshaken(socket: TLSSocket, call: Call, failure: (error: unknown) => OutboundError): Promise<void> {
  return new Promise((fulfil, reject) => {
    const fail = (error: OutboundError): void => {
      socket.destroy();
      reject(error);
    };
    call.during(fail);
    socket.once('secureConnect', fulfil);
    // Stays for the socket's whole life, so that an error between two owners ends the socket and not the process.
    socket.on('error', (error) => {
      fail(failure(error));
    });
  });
}
