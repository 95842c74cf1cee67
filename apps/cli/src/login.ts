import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Api } from './api.js';
import type { GlobalOptions } from './context.js';
import { print } from './output.js';
import { keepProfile, originOf } from './profile.js';
import { EXIT, Refusal } from './refusal.js';

export function addLogin(program: Command): void {
  program
    .command('login')
    .description('store the address of an installation and an API key as a profile; the key is read from standard input')
    .requiredOption('--url <url>', 'https://nuncio.example.com', (text) => originOf(text))
    .action(async ({ url }: { url: string }, command: Command) => {
      // The key is read from standard input, since others on this machine can see the arguments of a process.
      if (process.stdin.isTTY) process.stderr.write('API key, then Enter and Ctrl-D: ');
      const key = readFileSync(0, 'utf8').trim();
      if (!key) throw new Refusal('There was no API key on standard input: `nuncio login --url <url> < file`.', EXIT.usage);
      const { profile = 'default' } = command.optsWithGlobals<GlobalOptions>();
      const api = await Api.open({ url, key });
      await api.call('GET /v1/event-types', { query: { limit: '1' } });
      print(`The profile ${profile} is stored in ${keepProfile(profile, api.profile)}`);
    });
}
