import type { Services } from '@nuncio/embedded';

/** What a process says of itself. */
interface Health {
  readonly live: number;
  /** Why it is not ready, and what does not work although it is. */
  readonly faults: readonly string[];
  /** Null = they are on another port, as the gateway's are. */
  readonly metrics: string | null;
}

export async function healthOf({ services }: Services, name: string): Promise<Health> {
  const origin = `http://127.0.0.1:${services[name]?.port ?? 0}`;
  const [live, ready, metrics] = await Promise.all(['health/live', 'health/ready', 'metrics'].map((path) => fetch(`${origin}/${path}`, { signal: AbortSignal.timeout(10_000) })));
  const { missing = [], impaired = [] } = (await ready?.json()) as { missing?: string[]; impaired?: string[] };
  return { live: live?.status ?? 0, faults: [...missing, ...impaired], metrics: metrics?.ok ? await metrics.text() : null };
}
