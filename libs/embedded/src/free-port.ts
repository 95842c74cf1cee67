import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the range out of which systems pick ports for outgoing connections (Linux from 32768, others from 49152),
// so that between finding and using one, also across a service's restart, nobody is handed it by chance.
const FIRST = 20_000;
const COUNT = 12_000;
const ATTEMPTS = 100;

const given = new Set<number>();

/** A loopback port that nothing listens on, never the same twice in one process. `preferred` is taken where it is free. */
export async function freePort(preferred?: number): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = attempt === 0 && preferred !== undefined ? preferred : FIRST + Math.floor(Math.random() * COUNT);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free loopback port between ${FIRST} and ${FIRST + COUNT} in ${ATTEMPTS} attempts`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}
