import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * `npm run release -- 0.2.0`, in a workspace that is built: puts this version into every package, the lock file, the chart and the changelog; records
 * what services of this release read of each other, for the next release to be compared with; and prints the text for the tag. Publishes and commits
 * nothing.
 */
const WIRES = './libs/contracts/dist/testing/recorded-wires.js';
const [version = ''] = process.argv.slice(2);
const changelog = readFileSync('CHANGELOG.md', 'utf8');
const { version: former } = JSON.parse(readFileSync('package.json', 'utf8'));
// The changelog's sections, each with its heading. This version may have one already; what came after it was written is under "Unreleased".
const [before = '', ...sections] = changelog.split(/^(?=## )/m);
const headings = ['## Unreleased', `## ${version} (unreleased)`];
const isPending = (section) => headings.includes(section.split('\n', 1)[0]);
const notes = sections
  .filter(isPending)
  .map((section) => section.slice(section.indexOf('\n')).trim())
  .filter(Boolean)
  .join('\n\n');

if (!/^\d+\.\d+\.\d+$/.test(version)) end('say which version: npm run release -- 0.2.0');
if (!isLater(version, former)) end(`${version} is not later than ${former}`);
if (!notes) end(`CHANGELOG.md has nothing under "${headings.join('" or "')}"`);
if (isChanged()) end('there are changes that are not committed');
if (!existsSync(WIRES)) end('npm run build comes first');

for (const file of ['package.json', 'package-lock.json', ...globSync('{libs,apps}/*/package.json'), 'test/package.json']) {
  // Versions of the workspaces, and of their dependencies on each other. No other package in the lock file has such a name.
  edit(file, (text) =>
    text.replaceAll(new RegExp(`("@nuncio/[\\w-]+": ")${RegExp.escape(former)}"`, 'g'), `$1${version}"`).replaceAll(new RegExp(`("name": "(?:nuncio|@nuncio/[\\w-]+)",\\s*"version": ")${RegExp.escape(former)}"`, 'g'), `$1${version}"`),
  );
}
edit('docker/helm/Chart.yaml', (text) => text.replace(/^(version|appVersion): .*$/gm, `$1: ${version}`));
for (const file of globSync('libs/contracts/released/*.json')) rmSync(file);
writeFileSync(`libs/contracts/released/${version}.json`, `{\n${await recorded()}\n}\n`);
const told = `${upgrade()}${notes}`;
writeFileSync('CHANGELOG.md', [before, `## ${version}\n\n${told}\n\n`, ...sections.filter((section) => !isPending(section))].join(''));

console.log(`Nuncio ${version}\n\n${told}\n
Next: npm test, npm run check:images, npm run check:chart; commit; git tag -a v${version} with the text above; build the images with this version, and push what is to be public.`);

/** What an operator has to do, in one place: each change says it behind "Upgrade:". */
function upgrade() {
  const steps = [...notes.matchAll(/\bUpgrade: (.*)$/gm)].map(([, step]) => step.charAt(0).toUpperCase() + step.slice(1));
  return steps.length ? `**Upgrade**\n${[...new Set(steps)].map((step) => `- ${step}\n`).join('')}\n` : '';
}

/** A line for each, so that a change of one is a change of a line. */
async function recorded() {
  const { recordedWires } = await import(WIRES);
  return Object.entries(recordedWires())
    .map(([name, wire]) => `${JSON.stringify(name)}: ${JSON.stringify(wire)}`)
    .join(',\n');
}

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
