import { spawn } from 'node:child_process';
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

it('leads from nothing to a delivered event in five calls, as it stands in the README', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const section = readme.slice(readme.indexOf('## A first delivery of your own'));
  const [first = '', then = ''] = Array.from(section.matchAll(/```sh\n(.*?)```/gs), ([, block]) => block);
  expect(first.match(/\bapi (POST|PATCH|GET) /g)).toHaveLength(5);

  // The one thing that is not as it is there: 9000 may be somebody else's on this machine.
  const somewhere = await Receiver.start();
  await somewhere.close();
  shell.stdin?.write(`${first.replaceAll('9000', String(somewhere.port))}\n`);
  await eventually(() => {
    expect(printed).toContain('{ "total": 1.0 }');
  }, 30_000);
  expect(printed).toMatch(/'webhook-signature': 'v1,/);

  await eventually(async () => {
    printed = '';
    shell.stdin?.write(`${then}\n`);
    await eventually(() => {
      expect(printed).toContain('"outcome":"delivered"');
    }, 1_000);
  });
});
