import { connect, type Socket } from 'node:net';
import { type Address, formatAddress } from './address.js';
import type { Call } from './call.js';
import { codeOf, connectFailure } from './outbound-error.js';

/** How long to wait for one address before the next is tried too (RFC 8305 §5). */
const ATTEMPT_DELAY_MS = 250;
/** With more attempts in progress the oldest ends, so that a name with many dead addresses does not occupy as many sockets. */
const MOST_ATTEMPTS = 4;

/**
 * The connection to the address that answers first. The next address is tried after 250 ms, or as soon as one fails, while those before may still
 * answer: the `autoSelectFamily` of node:net would end an attempt for the next, and so never reach a distant address that stands before a dead one.
 * Rejects with an OutboundError.
 */
export function dial(addresses: readonly Address[], port: number, call: Call): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const waiting = inTurn(addresses);
  const attempts = new Set<Socket>();
  const errors: unknown[] = [];
  let timer: NodeJS.Timeout | undefined;

  const end = (): void => {
    clearTimeout(timer);
    waiting.length = 0;
    for (const socket of attempts) socket.destroy();
    attempts.clear();
  };
  const tryNext = (): void => {
    clearTimeout(timer);
    const address = waiting.shift();
    if (!address) {
      if (attempts.size === 0) reject(connectFailure(errors.length === 1 ? errors[0] : Object.assign(new AggregateError(errors), { code: codeOf(errors[0]) })));
      return;
    }
    // Only the bytes that were judged: a literal address is never looked up.
    const socket = connect({ host: formatAddress(address), port, noDelay: true });
    attempts.add(socket);
    socket.once('connect', () => {
      attempts.delete(socket);
      end();
      resolve(socket);
    });
    // Stays for the socket's whole life, so that an error between two owners ends the socket and not the process.
    socket.on('error', (error) => {
      if (!attempts.delete(socket)) return;
      errors.push(error);
      tryNext();
    });
    const [oldest] = attempts;
    if (attempts.size > MOST_ATTEMPTS && oldest && attempts.delete(oldest)) {
      errors.push(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
      oldest.destroy();
    }
    if (waiting.length > 0) timer = setTimeout(tryNext, ATTEMPT_DELAY_MS);
  };

  call.during((error) => {
    end();
    reject(error);
  });
  // The call may have ended already.
  if (waiting.length > 0) tryNext();
  return promise;
}

/** One of each family in turn (RFC 8305 §4), beginning with the family of the first. */
function inTurn(addresses: readonly Address[]): Address[] {
  const first = addresses.filter(({ length }) => length === addresses[0]?.length);
  const others = addresses.filter(({ length }) => length !== addresses[0]?.length);
  return Array.from({ length: Math.max(first.length, others.length) }, (_, n) => [first[n], others[n]].filter((address) => address !== undefined)).flat();
}
