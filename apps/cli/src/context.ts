import type { Command } from 'commander';
import { Api } from './api.js';
import { outputOf, type Output } from './output.js';
import { chooseProfile } from './profile.js';

/** The common parts of every command. */
export interface Context {
  readonly api: Api;
  readonly output: Output;
  /** Aborted by Ctrl-C: what is begun ends, and nothing is begun anew. */
  readonly signal: AbortSignal;
}

export interface GlobalOptions {
  readonly profile?: string;
  readonly json?: boolean;
}

const interrupted = new AbortController();
process.once('SIGINT', () => {
  interrupted.abort(new Error('interrupted'));
});
process.once('SIGTERM', () => {
  interrupted.abort(new Error('interrupted'));
});

/** The context of the command that runs: global options may stand anywhere. */
export async function contextOf(command: Command): Promise<Context> {
  const { profile, json = false } = command.optsWithGlobals<GlobalOptions>();
  return { api: await Api.open(chooseProfile(profile)), output: outputOf(json), signal: interrupted.signal };
}
