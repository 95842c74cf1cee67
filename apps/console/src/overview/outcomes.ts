/** Error classes by whose fault they look like. Each group has one colour, in the chart and in its legend. */
const GROUPS: Readonly<Record<string, string>> = {
  http: 'answered', redirect: 'answered', invalid_response: 'answered', too_large: 'answered',
  timeout: 'late',
  dns: 'unreachable', connect: 'unreachable', tls: 'unreachable', blocked_address: 'unreachable',
  token: 'token',
};

/** The outcome of a token request that had a token. */
export const OBTAINED = 'obtained';

/** From the bottom of a bar to its top. */
export const ORDER = ['delivered', 'answered', 'late', 'unreachable', 'token', 'other'] as const;

/** The group of an outcome: the CSS class of its colour. */
export const groupOf = (outcome: string): string => (outcome === 'delivered' || outcome === OBTAINED ? 'delivered' : (GROUPS[outcome] ?? 'other'));

/** The attempts of each group. */
export function grouped(outcomes: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const [name, count] of Object.entries(outcomes)) sums[groupOf(name)] = (sums[groupOf(name)] ?? 0) + count;
  return sums;
}
