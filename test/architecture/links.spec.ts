import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = [...globSync(['docs/*.md', 'docs/runbooks/*.md', 'docs/adr/*.md', 'docker/*.md'], { cwd: WORKSPACE }), 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'];
const CLICKS = 2;

/** Without code. */
const textOf = (page: string): string => readFileSync(join(WORKSPACE, page), 'utf8').replace(/```[^]*?```/g, '');

/** As GitHub makes them of headings. */
const anchorsOf = (page: string): Set<string> =>
  new Set(
    [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_\- ]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

interface Link {
  readonly written: string;
  readonly page: string;
  readonly anchor: string;
}

const linksOf = (from: string): Link[] =>
  [...textOf(from).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, written = '']) => written)
    .filter((written) => !/^(?:https?:|mailto:)/.test(written))
    .map((written) => {
      const [path = '', anchor = ''] = written.split('#');
      return { written, page: path ? normalize(join(dirname(from), path)) : from, anchor };
    });

it('has no link in its pages that leads nowhere', () => {
  const broken = PAGES.flatMap((from) =>
    linksOf(from)
      .filter(({ page, anchor }) => !existsSync(join(WORKSPACE, page)) || (anchor !== '' && page.endsWith('.md') && !anchorsOf(page).has(anchor)))
      .map(({ written }) => `${from}: ${written}`),
  );
  expect(broken).toEqual([]);
});

it('leads an operator from one page, docs/operating.md, to every other and to every runbook with two clicks', () => {
  let reached = new Set(['docs/operating.md']);
  for (let click = 0; click < CLICKS; click++) reached = new Set([...reached, ...[...reached].filter((page) => page.endsWith('.md')).flatMap((page) => linksOf(page).map((link) => link.page))]);
  const wanted = PAGES.filter((page) => page.startsWith('docker/') || (page.startsWith('docs/') && !page.startsWith('docs/adr/')));
  expect(wanted.length).toBeGreaterThan(35);
  expect(wanted.filter((page) => !reached.has(page))).toEqual([]);
});
