import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';

const { api } = sharedFleet();
let dir: string;
let shell: ReturnType<typeof spawn>;
let printed = '';

/** A shell in a folder that has what `npm start` leaves there. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nuncio-readme-'));
  await mkdir(join(dir, '.nuncio'));
  await writeFile(join(dir, '.nuncio/dev.json'), JSON.stringify({ url: api.url, adminKey: api.key }));
  // A group of its own, so that the receiver that it starts ends with it.
  shell = spawn('sh', ['-u'], { cwd: dir, detached: true, stdio: 'pipe' });
  for (const stream of [shell.stdout, shell.stderr]) stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
});
afterAll(async () => {
  if (shell.pid) process.kill(-shell.pid, 'SIGKILL');
  await rm(dir, { recursive: true });
});

/** What stands on a line of its own once a block is done. */
const ENDS = 'the block has ended';

async function run(block: string): Promise<string> {
  const before = printed.length;
  shell.stdin?.write(`${block}\necho "${ENDS}"\n`);
  await eventually(() => {
    expect(printed.slice(before)).toContain(`${ENDS}\n`);
  }, 60_000);
  return printed.slice(before);
}

it('leads from nothing to a delivered event, and to one with a token, as it stands in the README', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const section = readme.slice(readme.indexOf('## A first delivery of your own'));
  const blocks = Array.from(section.matchAll(/```sh\n(.*?)```/gs), ([, block = '']) => block);
  // What is not as it is there: other tests, or somebody else on this machine, may have these.
  const own: Readonly<Record<string, string>> = { 9000: await freePort(), 9001: await freePort(), initech: `t-${randomUUID().slice(0, 13)}`, 'parcel.sent': `parcel.${randomUUID().slice(0, 8)}` };
  const [first = '', look = '', withOAuth = '', ...more] = blocks.map((block) => Object.entries(own).reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), block));
  expect(more).toEqual([]);

  expect(await run(first)).toContain('"activated"');
  await eventually(() => {
    expect(printed).toMatch(/'webhook-signature': 'v1,/);
    expect(printed).toContain('{ "total": 1.0 }');
  }, 30_000);
  await eventually(async () => {
    expect(await run(look)).toContain('"outcome": "delivered"');
  }, 30_000);
  expect(await run(withOAuth)).toMatch(/"ok": true/);
  await eventually(() => {
    expect(printed).toMatch(/authorization: 'Bearer token-\d+'[^}]*\}[^}]*"total": 2\.0/s);
  }, 30_000);
  // Nothing was refused on the way.
  expect(printed).not.toContain('urn:nuncio:problem');
}, 180_000);

async function freePort(): Promise<string> {
  const somewhere = await Receiver.start();
  await somewhere.close();
  return String(somewhere.port);
}
