import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { describe as describeApi } from '../fleet/contract.js';
import { sharedFleet, sharedStack } from '../fleet/fleet.js';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(WORKSPACE, file), 'utf8');
// The changelog also names what is gone.
const pages = globSync(['*.md', 'docs/*.md', 'docs/runbooks/*.md', 'docker/*.md'], { cwd: WORKSPACE }).filter((page) => page !== 'CHANGELOG.md');

/** Log lines name a partition as `<topic>-<number>`. */
const PARTITION = /-\d+$/;

const fleet = sharedFleet();
afterAll(() => fleet.cluster.close());

it('the docs name only calls and parameters that the API has', async () => {
  const { paths } = await describeApi(fleet.api.url);
  const templates = Object.entries(paths).map(([template, calls]) => ({ calls, pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '(?:\\{\\w+\\}|[^/{}]+)')}$`) }));
  const named = pages.flatMap((page) => Array.from(read(page).matchAll(/\b(GET|POST|PUT|PATCH|DELETE) (\/v1\/[\w/{}<>:.?&=-]+)/g), ([text, method = '', target = '']) => ({ page, text, method: method.toLowerCase(), target: target.replace(/[.:]$/, '') })));
  expect(named.length).toBeGreaterThan(100);
  const unknownOf = ({ method, target }: { method: string; target: string }): string[] => {
    const [path = '', query = ''] = target.split('?');
    // `{kind}` stands for each kind of resource.
    const calls = templates.filter(({ pattern }) => pattern.test(path.replace('{kind}', 'callbacks'))).flatMap(({ calls }) => calls[method] ?? []);
    if (!calls.length) return ['no such call'];
    const known = calls.flatMap(({ parameters = [] }) => parameters.map(({ name }) => name));
    const asked = query.split('&').map((pair) => pair.split('=')[0] ?? '').filter(Boolean);
    // A label's name is in the parameter's.
    return asked.filter((name) => !known.includes(name) && !name.startsWith('label.'));
  };
  expect(named.flatMap((one) => unknownOf(one).map((unknown) => `${one.page}: ${one.text}: ${unknown}`))).toEqual([]);
});

it('the docs name only topics and consumer groups that an installation has', async () => {
  const [topics, groups] = await Promise.all([fleet.cluster.topics(), fleet.cluster.groups()]);
  const named = pages.flatMap((page) => Array.from(read(page).matchAll(/(?<![\w./@])nuncio\.([a-z]+(?:[.-][a-z0-9]+)*)(?![\w<*])/g), ([, name = '']) => ({ page, name: name.replace(PARTITION, '') })));
  expect(named.filter(({ name }) => topics.includes(name)).length).toBeGreaterThan(25);
  // Notices, a host, files, a claim, an event type and an attribute of a span.
  const others = [...Array.from(read('docs/notices.md').matchAll(/^### nuncio\.(\S+)$/gm), ([, name = '']) => name), 'acme.com', 'mjs', 'json', 'roles', 'test', 'delay.until'];
  expect(named.filter(({ name }) => ![...topics, ...groups, ...others].includes(name)).map(({ page, name }) => `${page}: nuncio.${name}`)).toEqual([]);
});

it('PostgreSQL accepts the queries of the docs', async () => {
  const isWhole = (query: string): boolean => !/<\w+>/.test(query);
  const queries = pages.flatMap((page) => Array.from(read(page).matchAll(/`(select [^`]+)`/g), ([, query = '']) => query)).filter(isWhole);
  expect(queries.length).toBeGreaterThan(1);
  const database = new Client({ connectionString: sharedStack().databaseUrl });
  await database.connect();
  try {
    for (const query of queries) await database.query(query);
  } finally {
    await database.end();
  }
});
