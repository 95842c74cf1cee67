import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Finding } from './finding.js';

const WITHIN_MS = 5_000;
const DAY_MS = 86_400_000;
/** A certificate that ends sooner should have been renewed. */
const DAYS_LEFT = 14;

/** What to do about a certificate that is not trusted, by the code of OpenSSL or Node. */
const CERTIFICATE_ADVICE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired: renew it (docs/runbooks/certificate-expired.md)',
  CERT_NOT_YET_VALID: 'it is not valid yet: compare the clock of this machine',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name: correct the address, or the certificate',
};

/** Whether the host of an address resolves, its port is open, and its certificate is trusted. Each check needs the one before it. */
export async function checkConnection(address: string): Promise<Finding[]> {
  const { protocol, hostname, port: given } = new URL(address);
  const host = hostname.replace(/^\[|\]$/g, '');
  const port = Number(given) || (protocol === 'https:' ? 443 : 80);
  const resolved = await resolve(host);
  if (resolved.ok !== true) return [resolved];
  const open = await tryPort(host, port);
  if (open.ok !== true || protocol !== 'https:') return [resolved, open];
  return [resolved, open, await tryCertificate(host, port)];
}

async function resolve(host: string): Promise<Finding> {
  try {
    const addresses = await lookup(host, { all: true });
    return { what: 'address', ok: true, detail: `${host} is ${addresses.map(({ address }) => address).join(', ')}` };
  } catch (error) {
    return { what: 'address', ok: false, detail: `${host} has no address (${codeOf(error)}): correct the URL, or the DNS of this machine` };
  }
}

async function tryPort(host: string, port: number): Promise<Finding> {
  const socket = connect({ host, port, autoSelectFamily: true });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(WITHIN_MS) });
    return { what: 'port', ok: true, detail: `${port} is open` };
  } catch (error) {
    const code = codeOf(error);
    const why = code === 'ECONNREFUSED' ? 'nothing listens there: start the gateway (docs/runbooks/service-down.md), or correct the URL' : 'nothing answers: look for a firewall or a wrong route between this machine and the gateway';
    return { what: 'port', ok: false, detail: `no connection to ${host} port ${port} (${code}): ${why}` };
  } finally {
    socket.destroy();
  }
}

async function tryCertificate(host: string, port: number): Promise<Finding> {
  // The certificate is read although it may not be trusted, to say why. Nothing is sent over this connection.
  const socket = connectTls({ host, port, servername: /^[\d.]+$|:/.test(host) ? '' : host, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(WITHIN_MS) });
    return judge(socket);
  } catch (error) {
    return { what: 'certificate', ok: false, detail: `no TLS (${codeOf(error)}): the server does not speak TLS at this port, or refuses this client` };
  } finally {
    socket.destroy();
  }
}

function judge(socket: TLSSocket): Finding {
  const { subject, valid_to: ends } = socket.getPeerCertificate();
  const name = String(subject.CN);
  if (!socket.authorized) {
    const code = codeOf(socket.authorizationError);
    return { what: 'certificate', ok: false, detail: `${name} is not trusted (${code}): ${CERTIFICATE_ADVICE[code] ?? 'name the PEM file of its authority in NODE_EXTRA_CA_CERTS'}` };
  }
  const days = Math.floor((Date.parse(ends) - Date.now()) / DAY_MS);
  return { what: 'certificate', ok: days > DAYS_LEFT, detail: `${name} ends in ${days} days${days > DAYS_LEFT ? '' : ': renew it'}` };
}

function codeOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const { code, name, message } = error as Error & { code?: string; cause?: { name?: string } };
  return name === 'AbortError' ? `no answer within ${WITHIN_MS / 1_000} s` : (code ?? message);
}
