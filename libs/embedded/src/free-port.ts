import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { birthOf } from './process-birth.js';

// Below the range from which systems pick ports for outgoing connections (Linux from 32768, others from 49152). So nobody gets the port by chance
// between finding and using it, or during a service's restart.
const FIRST = 20_000;
const COUNT = 12_000;
const ATTEMPTS = 100;

/** A file for each port that is taken, with the process that took it and its birth. */
const CLAIMS = join(tmpdir(), `nuncio-ports-${userInfo().uid}`);
const ME = `${process.pid} ${birthOf(process.pid)}`;
const fileOf = (port: number): string => join(CLAIMS, String(port));

/**
 * A loopback port that nothing listens on. Nobody else gets it while this process lives, not even while the server on it is restarted. `preferred` is
 * taken if it is free.
 */
export async function freePort(preferred?: number): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = attempt === 0 && preferred !== undefined ? preferred : FIRST + Math.floor(Math.random() * COUNT);
    // Checked again, since two processes may both have found that its owner is gone.
    if (claim(port) && (await isFree(port)) && ownerOf(port) === ME) return port;
  }
  throw new Error(`no free loopback port between ${FIRST} and ${FIRST + COUNT} in ${ATTEMPTS} attempts`);
}

/** False = a running process has it, perhaps this one. */
function claim(port: number): boolean {
  mkdirSync(CLAIMS, { recursive: true });
  for (;;) {
    try {
      writeFileSync(fileOf(port), ME, { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (lives(ownerOf(port))) return false;
      rmSync(fileOf(port), { force: true });
    }
  }
}

function ownerOf(port: number): string {
  try {
    return readFileSync(fileOf(port), 'utf8');
  } catch {
    return '';
  }
}

function lives(process: string): boolean {
  const [pid, ...birth] = process.split(' ');
  return birth.length > 0 && birthOf(Number(pid)) === birth.join(' ');
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
