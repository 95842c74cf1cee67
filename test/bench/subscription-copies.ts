import { Cluster } from '../fleet/kafka.js';

/** As many as fit into one produce request. */
const CHUNK = 500;

interface SubscriptionRecord {
  readonly kind: string;
  readonly id: string;
  readonly state: { readonly tenant: string; readonly state: string } | null;
}

/**
 * Writes copies of a tenant's activated subscription to `config.state`, each for the tenant that `copyFor` names. The result is as config-service
 * would write it, without the minutes that its API would need to verify each. The copies share one callback.
 */
export async function copySubscription(brokers: string, prefix: string, tenant: string, count: number, copyFor: (n: number) => string): Promise<void> {
  const cluster = new Cluster(brokers, prefix);
  const records = (await cluster.read('config.state')).flatMap(({ value }) => (value ? [JSON.parse(value.toString()) as SubscriptionRecord] : []));
  const original = records.find(({ kind, state }) => kind === 'subscription' && state?.tenant === tenant && state.state === 'activated');
  if (!original) throw new Error(`${tenant} has no activated subscription`);
  const messages = Array.from({ length: count }, (_, n) => {
    const id = `${original.id}-${copyFor(n)}-${n}`;
    return { key: `subscription-${id}`, value: JSON.stringify({ ...original, id, state: { ...original.state, id, tenant: copyFor(n) } }) };
  });
  for (let from = 0; from < count; from += CHUNK) await cluster.send('config.state', messages.slice(from, from + CHUNK));
  await cluster.close();
}
