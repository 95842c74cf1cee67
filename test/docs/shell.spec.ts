import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@nuncio/embedded';
import { Receiver } from '@nuncio/fixtures';
import { Nuncio } from '../cli/nuncio.js';
import { eventually } from '../fleet/eventually.js';
import { type OwnFleet, ownFleet } from '../fleet/fleet.js';
import { Shell } from './shell.js';
import { shellBlocks } from './shell-blocks.js';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(WORKSPACE, file), 'utf8');
const pages = globSync(['*.md', 'docs/*.md', 'docs/runbooks/*.md', 'docker/*.md'], { cwd: WORKSPACE }).sort();
const blocks = pages.flatMap((page) => shellBlocks(read(page)).map((block) => ({ page, ...block })));

/** What each block must print, in order. `npm test` runs all of these. */
const PRINTS: Readonly<Record<string, readonly RegExp[]>> = {
  'README.md': [/"activated"/, /"outcome": "delivered"/, /"ok": true/],
  'docs/configuration.md': [/^2026-05:[A-Za-z0-9+/]{43}=$/m],
  'docs/notices.md': [/"state":"activated"/],
  'docs/operating.md': [/log: up to date/, /\d+ aggregates made anew, 0 of which /],
  'docs/portal.md': [/^2026-05:[A-Za-z0-9+/]{43}=$/m],
};

/** Every block that no test runs, with the reason given above it. */
const NOT_RUN: readonly string[] = [
  'CONTRIBUTING.md: these commands take hours together, and the last one opens a browser',
  'README.md: `npm start` runs until Ctrl-C, `npm test` runs this test',
  ...Array<string>(2).fill('docker/README.md: needs a Docker engine; `npm run check:images` runs it'),
  'docs/cli.md: changes the shell; test/cli/completion.spec.ts presses the key in each shell',
  'docs/kubernetes.md: needs a Docker engine and a registry; `npm run check:images` builds the same images',
  'docs/kubernetes.md: needs a Kubernetes cluster; `npm run check:kubernetes` runs it, and test/chart compares it with the chart',
  'docs/kubernetes.md: needs a Kubernetes cluster; `npm run check:chart` renders it',
  'docs/kubernetes.md: needs a Kubernetes cluster; `npm run check:kubernetes` runs it',
  'docs/operating.md: takes hours',
  'docs/operating.md: changes the version of every package',
  'docs/performance.md: takes hours',
  ...Array<string>(2).fill('docs/producing.md: test/docs/producing.spec.ts runs it'),
  ...Array<string>(5).fill('docs/runbooks/restore.md: `npm run check:disaster` runs it after such a disaster'),
];

describe('the shell blocks of the docs', () => {
  it('are all run here, or marked with the reason why not', () => {
    const run = blocks.filter(({ notRun }) => notRun === null).map(({ page, line }) => ({ page, line }));
    expect(Object.fromEntries(Object.entries(Object.groupBy(run, ({ page }) => page)).map(([page, all = []]) => [page, all.length]))).toEqual(Object.fromEntries(Object.entries(PRINTS).map(([page, all]) => [page, all.length])));
    expect(blocks.flatMap(({ page, notRun }) => (notRun === null ? [] : [`${page}: ${notRun}`]))).toEqual(NOT_RUN);
  });

  it('name only scripts of package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = pages.flatMap((page) => Array.from(read(page).matchAll(/npm run (?:--silent )?([\w:]+)(?:(?: --silent)? -w (@nuncio\/[\w-]+))?/g), ([text, script = '', workspace]) => ({ page, text, script, workspace })));
    expect(named.length).toBeGreaterThan(60);
    const isThere = ({ script, workspace }: { script: string; workspace: string | undefined }): boolean =>
      workspace === undefined ? script in scripts : globSync(`{apps,libs}/${workspace.replace('@nuncio/', '')}/package.json`, { cwd: WORKSPACE }).some((file) => script in ((JSON.parse(read(file)) as { scripts?: object }).scripts ?? {}));
    expect(named.filter((one) => !isThere(one)).map(({ page, text }) => `${page}: ${text}`)).toEqual([]);
  });

  it('leave settings to separate blocks, which name only existing settings', () => {
    const table = new Set(Array.from(read('docs/configuration.md').matchAll(/^\| (`[A-Z][^|]*)\|/gm), ([, names = '']) => names).flatMap((names) => Array.from(names.matchAll(/`([A-Z_]+)`/g), ([, name = '']) => name)));
    const named = pages.flatMap((page) => Array.from(read(page).matchAll(/^```env\n(.*?)^```/gms), ([, text = '']) => ({ page, names: Array.from(text.matchAll(/(?:^|\s)([A-Z][A-Z_]+)=/g), ([, name = '']) => name) })));
    expect(named.map(({ page }) => page)).toEqual(['docs/console.md', 'docs/kafka.md']);
    expect(named.flatMap(({ page, names }) => names.filter((name) => !table.has(name) && !table.has(name.replace(/_FILE$/, ''))).map((name) => `${page}: ${name}`))).toEqual([]);
  });

  it('name only commands and options of nuncio', async () => {
    const nuncio = new Nuncio(tmpdir(), {});
    const words = new Map<string, Promise<readonly string[]>>();
    const wordsAfter = (path: string): Promise<readonly string[]> => {
      const known = words.get(path) ?? nuncio.words(path.split(' ').filter(Boolean));
      words.set(path, known);
      return known;
    };
    const commands = pages.flatMap((page) => Array.from(read(page).matchAll(/(?:^|[`(] ?|npx |\w=\S+ )nuncio ([a-z][^`\n)]*)/gm), ([, text = '']) => ({ page, text })));
    expect(commands.length).toBeGreaterThan(30);
    const unknown = await Promise.all(commands.map(async ({ page, text }) => (await unknownIn(text, wordsAfter)).map((word) => `${page}: nuncio ${text}: ${word}`)));
    expect(unknown.flat()).toEqual([]);
  });
});

/** The words of a command line that the command `nuncio` does not have: subcommands or options. */
async function unknownIn(line: string, wordsAfter: (path: string) => Promise<readonly string[]>): Promise<string[]> {
  let path = '';
  const unknown: string[] = [];
  for (const word of line.replace(/\s#.*/, '').split(/[\s;,]+/)) {
    const known = await wordsAfter(path);
    if (known.includes(word) && !word.startsWith('--')) path = `${path} ${word}`.trim();
    else if (path === '' && /^[a-z]/.test(word)) return [word];
    else if (word.startsWith('--') && ![...known, ...(await wordsAfter(''))].includes(word)) unknown.push(word);
  }
  return unknown;
}

describe('the shell blocks that are run', () => {
  let fleet: OwnFleet;
  let dir: string;
  let env: Record<string, string>;

  /** A built clone of this workspace, in which `npm start` runs. */
  beforeAll(async () => {
    fleet = await ownFleet('docs');
    dir = mkdtempSync(join(tmpdir(), 'nuncio-shell-'));
    for (const entry of readdirSync(WORKSPACE).filter((name) => !['.nuncio', '.git'].includes(name))) symlinkSync(join(WORKSPACE, entry), join(dir, entry));
    const { url, adminKey, topicPrefix } = fleet.services;
    const { brokers, databaseUrl } = fleet.stack;
    mkdirSync(join(dir, '.nuncio'));
    writeFileSync(join(dir, '.nuncio/dev.json'), JSON.stringify({ url, adminKey, brokers, databaseUrl, topicPrefix }));
    env = { HOME: dir, KAFKA_BROKERS: brokers, DATABASE_URL: databaseUrl, TOPIC_PREFIX: topicPrefix, CONFIG_DATABASE_ROLE: 'nuncio_config_service', LOG_DATABASE_ROLE: 'nuncio_attempt_log', NUNCIO_URL: url, NUNCIO_API_KEY: adminKey, ...(parseEnv(readFileSync(join(fleet.dir, 'keys'), 'utf8')) as Record<string, string>) };
  });
  afterAll(async () => {
    await fleet.close();
    rmSync(dir, { recursive: true });
  });

  const runnable = (page: string): string[] => blocks.filter((block) => block.page === page && block.notRun === null).map(({ text }) => text);

  it('lead from nothing to a delivered event, and to one with a token, in README.md', async () => {
    // Replaces ports that may be in use on this machine.
    const ports = { 9000: String(await freePort()), 9001: String(await freePort()) };
    const [first = '', look = '', withOAuth = ''] = runnable('README.md').map((block) => Object.entries(ports).reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), block));
    const [activated, delivered, ok] = PRINTS['README.md'] ?? [];
    const shell = new Shell(dir, env);
    try {
      expect(await shell.run(first)).toMatch(activated!);
      expect(await shell.run('echo "$SECRET"')).toMatch(/whsec_\S{20}/);
      await eventually(() => {
        expect(shell.printed).toMatch(/'webhook-signature': 'v1,/);
        expect(shell.printed).toContain('{ "total": 1.0 }');
      });
      await eventually(async () => {
        expect(await shell.run(look)).toMatch(delivered!);
      });
      await shell.run(`cat > publish.mjs <<'END'\n${fromKafka().replaceAll('nuncio.events', `${fleet.services.topicPrefix}.events`)}END\nnode publish.mjs`);
      await eventually(async () => {
        expect(await fleet.api.all('/v1/deliveries', { tenant: 'initech', status: 'delivered' })).toHaveLength(2);
      });
      expect(await shell.run(withOAuth)).toMatch(ok!);
      await eventually(() => {
        expect(shell.printed).toMatch(/authorization: 'Bearer token-\d+'[^}]*\}[^}]*"total": 2\.0/s);
      });
      expect(shell.printed).not.toContain('urn:nuncio:problem');
    } finally {
      shell.end();
    }
  });

  it.each(Object.keys(PRINTS).filter((page) => page !== 'README.md'))('run one after another in %s, and print what they should', async (page) => {
    const receiver = await Receiver.start();
    const tenant = page.replaceAll(/\W/g, '-').toLowerCase();
    await fleet.api.post('/v1/tenants', { id: tenant, name: tenant });
    const { id } = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant, name: 'ledger', url: receiver.url });
    const shell = new Shell(dir, { ...env, TENANT: tenant, CALLBACK: id });
    try {
      for (const [i, block] of runnable(page).entries()) expect(await shell.run(block)).toMatch(PRINTS[page]![i]!);
      expect(shell.printed).not.toContain('urn:nuncio:problem');
    } finally {
      shell.end();
      await receiver.close();
    }
  });
});

/** The producer in README.md. */
const fromKafka = (): string => /```js\n(.*?)```/s.exec(read('README.md'))?.[1] ?? '';
