import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Service, SERVICES } from '@nuncio/contracts';
import { Fleet } from './fleet.js';
import { freePort } from './free-port.js';
import { keysIn } from './keys.js';
import { ProcessGroup } from './process-group.js';
import { silent } from './progress.js';
import type { Services, ServicesOptions } from './running-services.js';

const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Runs the migrations, creates the topics, starts the services as processes, and waits until all are ready. If one cannot be started, all are
 * stopped, and its error is thrown.
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { dir, stack, topicPrefix = 'nuncio', names = SERVICES, env = {}, envOf = {}, oneClick = false, restart = true, openFiles = {}, log = silent, signal, workspace = WORKSPACE } = options;
  const { onRestart = nothing, onGivenUp = nothing } = options;
  signal?.throwIfAborted();
  const group = await ProcessGroup.claim(join(dir, 'services.json'), log);
  const abort = (): void => void group.stop();
  signal?.addEventListener('abort', abort);
  try {
    await mkdir(join(dir, 'logs'), { recursive: true });
    const keys = await keysIn(join(dir, 'keys'));
    const gateway = { ...envOf.gateway, ...(oneClick && { CONSOLE_ONE_CLICK_KEY: keys.ADMIN_API_KEY }) };
    const installation = { stack, topicPrefix, env, envOf: { ...envOf, gateway }, keys, ports: await portsOf(options.port) };
    const fleet = new Fleet(installation, group, { dir, log, workspace, restart, openFiles, onRestart, onGivenUp });
    await fleet.prepare();
    await fleet.startAll(names);
    return fleet;
  } catch (error) {
    await group.stop();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

const nothing = (): void => undefined;

async function portsOf(preferred: number | undefined): Promise<Record<Service, number>> {
  const ports = await Promise.all(SERVICES.map(async (name) => [name, await freePort(name === 'gateway' ? preferred : undefined)] as const));
  return Object.fromEntries(ports) as Record<Service, number>;
}
