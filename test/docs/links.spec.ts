import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(WORKSPACE, file), 'utf8');
const pages = globSync(['*.md', 'docs/**/*.md', 'docker/*.md'], { cwd: WORKSPACE });

/**
 * Anchors of headings as GitHub makes them: lower case, hyphens for spaces, only letters, digits, hyphens and underscores.
 */
const anchorsOf = (page: string): string[] =>
  Array.from(read(page).matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

it('no page of the docs has a merge conflict in it', () => {
  expect(pages.filter((page) => /^(?:<{7}|>{7}) /m.test(read(page)))).toEqual([]);
});

it('every link of the docs leads to an existing file and heading', () => {
  const links = pages.flatMap((page) => Array.from(read(page).replaceAll(/^```.*?^```/gms, '').matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => ({ page, link }))).filter(({ link }) => !/^[a-z]+:/.test(link));
  expect(links.length).toBeGreaterThan(200);
  const isDead = ({ page, link }: { page: string; link: string }): boolean => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    return !existsSync(join(WORKSPACE, target)) || (anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor));
  };
  expect(links.filter(isDead)).toEqual([]);
});

/** The pages that a page links to. */
const pagesFrom = (page: string): string[] => Array.from(read(page).replaceAll(/^```.*?^```/gms, '').matchAll(/\]\(([^)\s#]+)/g), ([, path = '']) => join(dirname(page), path)).filter((path) => path.endsWith('.md') && existsSync(join(WORKSPACE, path)));

it.each([
  ['docs/README.md', ['*.md', 'docs/*.md', 'docker/*.md']],
  ['docs/runbooks/README.md', ['docs/runbooks/*.md']],
  ['docs/adr/README.md', ['docs/adr/*.md']],
])('%s links to every page', (index, wanted) => {
  const linked = [index, ...pagesFrom(index)];
  expect(globSync(wanted, { cwd: WORKSPACE }).filter((page) => !linked.includes(page))).toEqual([]);
});

it('an operator reaches every page and every runbook from docs/operating.md in two clicks', () => {
  const first = pagesFrom('docs/operating.md');
  const reached = new Set(['docs/operating.md', ...first, ...first.flatMap(pagesFrom)]);
  const wanted = globSync(['docs/*.md', 'docs/runbooks/*.md', 'docker/*.md'], { cwd: WORKSPACE });
  expect(wanted.length).toBeGreaterThan(35);
  expect(wanted.filter((page) => !reached.has(page))).toEqual([]);
});
