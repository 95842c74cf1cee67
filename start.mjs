#!/usr/bin/env node
/** `npm start`: installs, builds and starts, each only as far as needed. Plain JavaScript for any Node.js from 20. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { clearInterval, setInterval } from 'node:timers';

process.chdir(import.meta.dirname);

// Node.js keeps compiled code there, which saves a second at each start.
process.env.NODE_COMPILE_CACHE ??= `${import.meta.dirname}/node_modules/.cache/node`;

const NODE = 'node_modules/.bin/node';
const changed = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/**
 * Ctrl-C reaches a terminal's whole process group, but kill(1) only this process, so signals are passed on. The child expects that it may get a
 * signal twice.
 */
const children = new Set();
const killAll = (signal) => children.forEach((child) => child.kill(signal));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => killAll(signal));

/** Ending npm also ends the shell between npm and this process, but sends no signal here. It is noticed by the new parent. */
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  killAll('SIGTERM');
}, 1_000);

/** With `stdout` 'pipe', its output is shown only if it fails. The channel closes when this process is killed, by which the child notices. */
async function run(stdout, command, ...args) {
  const child = spawn(command, args, { stdio: ['inherit', stdout, 'inherit', 'ipc'] });
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk) => (said += chunk));
  children.add(child);
  const status = await new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
  });
  children.delete(child);
  if (status === 0) return;
  if (said) process.stdout.write(`\n${said}`);
  killAll('SIGTERM');
  process.exit(status);
}

async function step(name, ...commands) {
  const began = Date.now();
  // Printed before the commands run, since the first run takes half a minute or more.
  process.stdout.write(name.padEnd(28));
  await Promise.all(commands.map((command) => run('pipe', ...command)));
  console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s`);
}

// What runs and builds the services is half of all packages. A folder that has the rest, for tests and lint, keeps it.
const folders = existsSync('node_modules/jest') ? [] : ['-w', 'apps', '-w', 'libs'];
if (changed('node_modules/.package-lock.json') < changed('package-lock.json')) await step('packages', ['npm', 'ci', '--loglevel=error', ...folders]);

// `npm test` checks types.
const services = readdirSync('apps').filter((app) => app !== 'console').map((app) => `apps/${app}`);
const libraries = readdirSync('libs').map((library) => `libs/${library}`);
/** When something in this folder was last changed, added or removed. */
const newestIn = (folder) => Math.max(...['', ...readdirSync(folder, { recursive: true })].map((file) => changed(`${folder}/${file}`)));

// Written after a build, since tsc takes a second to find that there is nothing to do.
const BUILT = 'node_modules/.cache/built';
const code = [...services, ...libraries].flatMap((project) => [newestIn(`${project}/src`), changed(`${project}/tsconfig.json`)]);
const isBuilt = services.every((app) => existsSync(`${app}/dist/main.js`)) && Math.max(...code, changed('tsconfig.base.json'), changed('package-lock.json')) < changed(BUILT);
const build = isBuilt ? [] : [[NODE, 'node_modules/typescript/bin/tsc', '-b', '--noCheck', ...services]];
const page = Math.max(newestIn('apps/console/src'), ...['apps/console/index.html', 'apps/console/portal.html', 'apps/console/vite.config.ts', 'package-lock.json'].map(changed));
if (changed('apps/console/dist/index.html') < page) build.push(['npm', 'run', 'bundle', '--silent', '-w', '@nuncio/console']);
const began = new Date();
if (build.length > 0) await step('build', ...build);
if (!isBuilt) {
  mkdirSync('node_modules/.cache', { recursive: true });
  writeFileSync(BUILT, '');
  utimesSync(BUILT, began, began); // what is changed during a build may not be in it
}

// The demo's own producer is plain kafkajs. Node.js 24 warns about its timers.
await run('inherit', NODE, '--disable-warning=TimeoutNegativeWarning', 'apps/local/dist/main.js', ...process.argv.slice(2));
process.exit();
