import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(WORKSPACE, file), 'utf8');

const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'];
/** The sources that run in production. */
const sources = globSync(['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'], { cwd: WORKSPACE }).filter(
  (file) => !/\.spec\.ts$|\/testing\/|^libs\/(?:embedded|fixtures)\//.test(file) && (!file.startsWith('apps/') || SERVICES.includes(file.split('/')[1] ?? '')),
);
const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();

describe('the settings in docs/configuration.md', () => {
  /** Members of zod schemas whose names look like environment variables. */
  const settings = unique(
    sources
      .map(read)
      .filter((text) => text.includes("from 'zod'"))
      .flatMap((text) => [...text.matchAll(/(?:^ {2,}|[{,] )([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*): (?:[a-z]\w*\b|[A-Z]\w+)/gm)].map(([, name = '']) => name))
      // The manual describes the suffix `_FILE` once, for all secrets.
      .filter((name, _, all) => !(name.endsWith('_FILE') && all.includes(name.slice(0, -'_FILE'.length)))),
  );
  const manual = read('docs/configuration.md');
  const table = manual.slice(manual.indexOf('## Settings'), manual.indexOf('A secret setting may be in a file'));

  it('are complete: a new one was read and documented nowhere', () => {
    expect(settings.length).toBeGreaterThan(60);
    const told = new Set([...table.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name]) => name));
    expect(settings.filter((name) => !told.has(name))).toEqual([]);
  });

  it('are those of which a misspelt name reminds a service', () => {
    const [, list = ''] = /SETTINGS: readonly string\[\] = \[(.*?)\];/s.exec(read('libs/service/src/setting-names.ts')) ?? [];
    expect([...list.matchAll(/'(\w+)'/g)].map(([, name]) => name)).toEqual(settings);
  });

  it('may be in files if they are secret, as the manual says', () => {
    const [sentence = ''] = /A secret setting may be in a file.*/.exec(manual) ?? [];
    const secret = settings.filter((name) => /_KEYS$|PEPPER$|PASSWORD$|SECRET$|ADMIN_API_KEY$|DATABASE_URL$|REDIS_URL$|PROXY_URL$/.test(name));
    expect(secret.filter((name) => !sentence.includes(`\`${name}\``) && !name.endsWith('_KEYS'))).toEqual([]);
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', `import { misspeltSettings } from './libs/service/dist/setting-names.js'; console.log(JSON.stringify(misspeltSettings(JSON.parse(process.argv[1]))))`, JSON.stringify(Object.fromEntries(secret.map((name) => [`${name}_FILE`, '/secret'])))], { cwd: WORKSPACE, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
    expect(stdout.trim()).toBe('[]');
  });

  it('are all read by the code', () => {
    const rows = unique([...table.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name = '']) => name)));
    expect(rows.filter((name) => !settings.includes(name))).toEqual([]);
  });
});

it('the docs name no metric that no longer exists', () => {
  const declared = sources.flatMap((file) => [...read(file).matchAll(/'(nuncio_[a-z0-9_]+)'/g)].map(([, name]) => name));
  const pages = globSync(['docs/*.md', 'docs/runbooks/*.md'], { cwd: WORKSPACE });
  const told = unique(pages.flatMap((page) => Array.from(read(page).matchAll(/`(nuncio_[a-z0-9_]+)(?:\{[a-z_,]+\})?`/g), ([, name = '']) => name)));
  // Users of PostgreSQL and Redis have names with the same prefix.
  expect(told.filter((name) => !declared.includes(name) && !SERVICES.includes(name.slice('nuncio_'.length).replaceAll('_', '-')))).toEqual([]);
});

it('docs/log.md has every table of the log', () => {
  const tables = unique(globSync('apps/attempt-log/src/migrations/[0-9]*.ts', { cwd: WORKSPACE }).flatMap((file) => [...read(file).matchAll(/CREATE TABLE log\.([a-z_]+)/g)].map(([, name = '']) => name)));
  const told = unique([...read('docs/log.md').matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, name = '']) => name));
  expect(tables.length).toBeGreaterThan(15);
  expect(tables.filter((name) => !told.includes(name))).toEqual([]);
});

/**
 * Parses an empty environment, and one of nonsense, as a service does at its start. In a process of its own, since the schemas are read
 * when it runs.
 */
const READ = `
  import { words } from './libs/contracts/dist/index.js';
  import { settingFaults } from './libs/kafka/dist/index.js';
  const faults = [];
  for (const file of process.argv.slice(1)) {
    const schema = Object.values(await import('./' + file)).find((one) => one?.shape?.PORT);
    const nonsense = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, '?']));
    const low = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, '-1.5']));
    for (const env of [{}, nonsense, low]) faults.push(...settingFaults(schema.safeParse(env, { error: words }).error, env));
  }
  console.log(JSON.stringify(faults));
`;

describe('what a service says of its settings at start', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', READ, ...SERVICES.map((service) => `apps/${service}/dist/config.js`)], { cwd: WORKSPACE, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  const faults = unique(stderr && !stdout ? [stderr] : (JSON.parse(stdout) as string[]));

  it('is what to set, and not the words of a library', () => {
    expect(faults).toContain('KAFKA_BROKERS is missing: the brokers, host:port, comma list');
    expect(faults.length).toBeGreaterThan(40);
    expect(faults.filter((fault) => !/^[A-Z][A-Z0-9_]+(?: is missing)?: .{6,}$/.test(fault) || /invalid|expected|received|undefined|NaN|Infinity|\bmatch\b|stringbool/i.test(fault))).toEqual([]);
  });

  it.each(SERVICES)('is one line of the log of %s, with all of them and no secret: they were lines of text that no reader of logs understood', (service) => {
    const wrong = { KAFKA_BROKERS: 'kafka', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://u:hidden-1@h', REDIS_URL: 'mysql://u:hidden-2@h', SIGNING_KEYS: 'hidden-3', CLIENT_KEYS: 'hidden-4', TOKEN_KEYS: 'hidden-5', API_KEY_PEPPER: 'hidden-6' };
    const { status, stdout: out, stderr: err } = spawnSync(process.execPath, [`apps/${service}/dist/main.js`], { cwd: WORKSPACE, encoding: 'utf8', env: { PATH: process.env.PATH, ...wrong } });
    const lines = `${out}${err}`.trim().split('\n').map((line) => JSON.parse(line) as { level: string; message: string });
    expect(lines).toMatchObject([{ level: 'fatal', service, context: 'Settings', message: expect.stringMatching(/KAFKA_BROKERS: must be a comma list of host:port.*LOG_LEVEL: /) }]);
    expect([status, lines[0]?.message.match(/hidden-\d/g)]).toEqual([1, null]);
  });
});
