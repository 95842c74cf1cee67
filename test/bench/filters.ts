import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FILTERING_COST = fileURLToPath(new URL('../../../apps/dispatcher/dist/routing/filtering-cost.js', import.meta.url));

interface FiltersLine {
  readonly bench: 'filters';
  /** For one event of 700 B and ten subscriptions. */
  readonly matching: readonly { readonly filter: string; readonly nanoseconds: number }[];
}

/** The cost of filters and schemas when events are matched. */
export async function filters(): Promise<FiltersLine> {
  return { bench: 'filters', matching: JSON.parse((await promisify(execFile)(process.execPath, [FILTERING_COST])).stdout) as FiltersLine['matching'] };
}
