#!/usr/bin/env node
/** `npm start`: installs, builds and starts, each only as far as needed. Plain JavaScript for any Node.js from 20. */
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
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
let child;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child?.kill(signal));

/** Ending npm also ends the shell between npm and this process, but sends no signal here. It is noticed by the new parent. */
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  child?.kill('SIGTERM');
}, 1_000);

/** The channel closes when this process is killed, by which the child notices. */
async function run(command, ...args) {
  child = spawn(command, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  const status = await new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
  });
  if (status !== 0) process.exit(status);
}

async function step(name, ...command) {
  const began = Date.now();
  // Printed before the command runs, since its first run takes a minute or two.
  process.stdout.write(name.padEnd(28));
  await run(...command);
  console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s`);
}

if (changed('node_modules/.package-lock.json') < changed('package-lock.json')) await step('packages', 'npm', 'ci', '--loglevel=error');
await step('build', NODE, 'node_modules/typescript/bin/tsc', '-b');
const sources = readdirSync('apps/console/src', { recursive: true }).map((file) => `apps/console/src/${file}`);
const newest = Math.max(...['apps/console/index.html', 'apps/console/portal.html', 'apps/console/vite.config.ts', 'package-lock.json', ...sources].map(changed));
if (changed('apps/console/dist/index.html') < newest) await step('console', 'npm', 'run', 'bundle', '--silent', '-w', '@nuncio/console');
// The demo's own producer is plain kafkajs. Node.js 24 warns about its timers.
await run(NODE, '--disable-warning=TimeoutNegativeWarning', 'apps/local/dist/main.js', ...process.argv.slice(2));
process.exit();
