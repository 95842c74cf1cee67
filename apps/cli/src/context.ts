import type { Command } from 'commander';
import { Api } from './api.js';
import { outputOf, type Output } from './output.js';
import { chooseProfile } from './profile.js';

/** What every command needs. */
export interface Context {
  readonly api: Api;
  readonly output: Output;
  /** Aborted by Ctrl-C: what has begun ends, and nothing new begins. */
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

/** The context of the command that runs. Global options may be anywhere. */
export async function contextOf(command: Command): Promise<Context> {
  const { profile, json = false } = command.optsWithGlobals<GlobalOptions>();
  return { api: await Api.open(chooseProfile(profile)), output: outputOf(json), signal: interrupted.signal };
}
