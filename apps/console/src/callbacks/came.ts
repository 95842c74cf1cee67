import type { Schemas } from '../api/client.js';
import { numbers } from '../parts/numbers.js';

/** Never rounded up: 99.999 % is not everything. */
const percent = numbers({ style: 'percent', maximumFractionDigits: 2, roundingMode: 'floor' });

export interface Came {
  /** Deliveries that were delivered or lost. What waits, or was canceled or skipped on purpose, is not among them. */
  readonly ended: number;
  /** Those that failed or expired. */
  readonly lost: number;
  /** The share of the ended ones that were delivered: `99.95%`; null = none has ended. */
  readonly share: string | null;
}

/** How many of the deliveries of these steps came through. */
export function came(points: readonly Pick<Schemas['StatsPoint'], 'deliveries'>[]): Came {
  const count = (status: 'delivered' | 'failed' | 'expired'): number => points.reduce((sum, { deliveries }) => sum + (deliveries?.[status] ?? 0), 0);
  const [delivered, lost] = [count('delivered'), count('failed') + count('expired')];
  const ended = delivered + lost;
  return { ended, lost, share: ended === 0 ? null : percent.format(delivered / ended) };
}
