import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * `npm run release -- 0.2.0`: puts this version into every package, the lock file, the chart and the changelog, and prints the text for the tag.
 * Publishes and commits nothing.
 */
const [version = ''] = process.argv.slice(2);
const changelog = readFileSync('CHANGELOG.md', 'utf8');
const { version: former } = JSON.parse(readFileSync('package.json', 'utf8'));
const [, notes = ''] = /^## Unreleased\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(changelog) ?? [];

if (!/^\d+\.\d+\.\d+$/.test(version)) end('say which version: npm run release -- 0.2.0');
if (!isLater(version, former)) end(`${version} is not later than ${former}`);
if (!notes.trim()) end('CHANGELOG.md has nothing under "## Unreleased"');
if (isChanged()) end('there are changes that are not committed');

for (const file of ['package.json', 'package-lock.json', ...globSync('{libs,apps}/*/package.json'), 'test/package.json']) {
  // Versions of the workspaces, and of their dependencies on each other. No other package in the lock file has such a name.
  edit(file, (text) =>
    text.replaceAll(new RegExp(`("@nuncio/[\\w-]+": ")${RegExp.escape(former)}"`, 'g'), `$1${version}"`).replaceAll(new RegExp(`("name": "(?:nuncio|@nuncio/[\\w-]+)",\\s*"version": ")${RegExp.escape(former)}"`, 'g'), `$1${version}"`),
  );
}
edit('docker/helm/Chart.yaml', (text) => text.replace(/^(version|appVersion): .*$/gm, `$1: ${version}`));
edit('CHANGELOG.md', (text) => text.replace('## Unreleased', `## ${version}`));

console.log(`Nuncio ${version}\n${notes.trimEnd()}\n
Next: npm test, npm run check:images, npm run check:chart; commit; git tag -a v${version} with the text above; build the images with this version, and push what is to be public.`);

function edit(file, change) {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

function isLater(one, other) {
  const [a, b] = [one, other].map((text) => text.split('.').map(Number));
  const i = a.findIndex((part, n) => part !== b[n]);
  return i !== -1 && a[i] > b[i];
}

function isChanged() {
  return execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' }).trim() !== '';
}

function end(why) {
  console.error(`no release: ${why}`);
  process.exit(1);
}
