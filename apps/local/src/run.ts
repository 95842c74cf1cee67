import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInUse, seconds, type Services, type Stack, startServices, startStack, timed } from '@nuncio/embedded';
import { runDemo } from './demo/index.js';
import { DevFile } from './dev-file.js';
import { Ending } from './ending.js';
import { showHostPage, type HostPage } from './host-page.js';

export interface Flags {
  /** Exit after the demo. */
  readonly exit: boolean;
  /** Begin with empty data. */
  readonly fresh: boolean;
  readonly demo: boolean;
}

const PORT = 7070;
const INTERRUPTED = 130;
const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));
const DIR = join(WORKSPACE, '.nuncio');
const devFile = new DevFile(join(DIR, 'dev.json'));

// The reader of the output may leave. That is no reason to end.
process.stdout.on('error', () => undefined);

const log = (line: string): void => {
  console.log(line);
};

/** Starts everything, runs the demo, and stops again. Returns the exit status. */
export async function run({ exit, fresh, demo }: Flags): Promise<number> {
  const began = performance.now();
  const ending = new Ending();
  let stack: Stack | undefined;
  let services: Services | undefined;
  let hostPage: HostPage | undefined;
  const publish = (): void => {
    if (services && stack) devFile.write(services, stack);
  };
  ending.onSignals(() => {
    if (stack) devFile.remove();
    process.exit(INTERRUPTED); // Also kills the children.
  });
  if (!isInUse(DIR)) devFile.remove(); // The file of a killed start is stale.
  try {
    stack = await startStack({ dir: DIR, log, fresh, lasting: true, signal: ending.signal });
    services = await startServices({ dir: DIR, stack, port: PORT, oneClick: true, log, signal: ending.signal, onGivenUp: ending.because, onRestart: publish });
    publish();
    log(`${'everything is up'.padEnd(28)}${seconds(performance.now() - began)}\n`);
    const status = demo ? await Promise.race([demonstrate(services, stack, ending.signal), ending.reached]) : 0;
    if (!exit && !ending.signal.aborted) {
      if (demo) hostPage = await showHostPage(WORKSPACE, services);
      log(whereabouts(services.url, hostPage?.url));
    }
    if (!exit) await ending.reached;
    if (ending.failure) throw ending.failure;
    return exit ? (status ?? INTERRUPTED) : 0;
  } catch (error) {
    if (ending.signal.aborted && !ending.failure) return INTERRUPTED;
    log(`\n${(ending.failure ?? (error as Error)).message}`);
    return 1;
  } finally {
    await hostPage?.close();
    if (stack) await stop(stack, services);
  }
}

/** Returns the exit status: 1 also if the demo cannot be carried out. */
async function demonstrate({ url, adminKey, topicPrefix }: Services, { brokers }: Stack, ending: AbortSignal): Promise<0 | 1> {
  try {
    const { ok } = await runDemo({ url, adminKey, brokers, topicPrefix, log });
    return ok ? 0 : 1;
  } catch (error) {
    if (!ending.aborted) log(`the demo failed: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

/** Stops the services before the servers, which they need to finish their work. */
async function stop(stack: Stack, services: Services | undefined): Promise<void> {
  devFile.remove();
  log('');
  if (services) await timed(log, 'services stopped', () => services.stop());
  await timed(log, 'servers stopped', () => stack.stop());
}

const whereabouts = (url: string, hostPage: string | undefined): string => `
Nuncio is up.
  API             ${url}
  admin's key     ${relative(process.cwd(), join(DIR, 'dev.json'))} (adminKey)
  logs            ${relative(process.cwd(), join(DIR, 'logs'))}
${hostPage === undefined ? '' : `  portal          ${hostPage} (the example of docs/portal.md: a customer's page)
`}  console         ${url}/console/ (one click signs in as the admin, on this machine)
Next: "A first delivery of your own" in README.md, in another terminal. Ctrl-C stops it; its data stays.`;
