import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Services } from '@nuncio/embedded';

export interface HostPage {
  readonly url: string;
  readonly close: () => Promise<void>;
}

type Serve = (options: { nuncio: string; key: string; tenant: string; port: number }) => Promise<HostPage>;

/** A customer of the demo. */
const TENANT = 'acme';
const PORT = 7071;

/** Serves the example of docs/portal.md as it is: a customer's own page that shows the portal. */
export async function showHostPage(workspace: string, { url: nuncio, adminKey: key }: Services): Promise<HostPage> {
  const { serve } = (await import(pathToFileURL(join(workspace, 'docs/portal/server.mjs')).href)) as { serve: Serve };
  const at = (port: number): Promise<HostPage> => serve({ nuncio, key, tenant: TENANT, port });
  return at(PORT).catch(() => at(0));
}
