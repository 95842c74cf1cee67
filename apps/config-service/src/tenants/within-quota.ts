import { Fault } from '@nuncio/contracts';
import type { Transaction } from '../event-store/index.js';
import { quotaRefusals } from './metrics.js';
import { tenant as tenants } from './tenant.js';

const KINDS = { callbacks: 'callback', subscriptions: 'subscription' } as const;

/**
 * Checked before a resource is created. A tenant that already has more, since the quota came later, keeps them. Throws
 * Fault `quota-exceeded`.
 */
export async function refuseBeyondQuota(tx: Transaction, tenant: string, quota: keyof typeof KINDS): Promise<void> {
  const most = (await tx.find(tenants, tenant))?.state.quotas?.[quota] ?? null;
  if (most === null || (await tx.countIn(tenant, KINDS[quota])) < most) return;
  quotaRefusals.inc({ quota });
  throw new Fault('quota-exceeded', `the tenant ${tenant} has ${most} ${quota}, as many as its quota allows`);
}
