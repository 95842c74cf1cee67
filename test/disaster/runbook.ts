import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Site } from './site.js';

/** The workspace, found from the source and from the built file. */
const WORKSPACE = fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../../..' : '../..', import.meta.url));
const RUNBOOK = join(WORKSPACE, 'docs', 'runbooks', 'restore.md');
const run = promisify(execFile);

/** The runbook's commands for a disaster: the lines of shell blocks in the section with this heading. Throws if there are none. */
export function commandsOf(heading: string, text = readFileSync(RUNBOOK, 'utf8')): string[] {
  const section = text.split(/^### /m).find((part) => part.startsWith(`${heading}\n`));
  const lines = [...(section ?? '').matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n').filter((line) => line && !line.startsWith('#')));
  if (!lines.length) throw new Error(`docs/runbooks/restore.md has no commands under "### ${heading}"`);
  return lines;
}

/** Runs the runbook's commands, or some of them, as the installation's administrator, and returns their output. Throws if one fails. */
export async function followRunbook({ stack, services }: Pick<Site, 'stack'> & { readonly services: Pick<Site['services'], 'topicPrefix'> }, heading: string, variables: Readonly<Record<string, string>> = {}, commands = commandsOf(heading)): Promise<string> {
  const env = {
    ...process.env,
    ...stack.settings,
    DATABASE_URL: stack.databaseUrl,
    KAFKA_BROKERS: stack.brokers,
    TOPIC_PREFIX: services.topicPrefix,
    ...(stack.identities?.database && { CONFIG_DATABASE_ROLE: 'nuncio_config_service', LOG_DATABASE_ROLE: 'nuncio_attempt_log' }),
    NODE_OPTIONS: '',
    ...variables,
  };
  const said: string[] = [];
  for (const command of commands) {
    const { stdout, stderr } = await run('sh', ['-ec', command], { cwd: WORKSPACE, env });
    said.push(stdout, stderr);
  }
  return said.join('');
}
