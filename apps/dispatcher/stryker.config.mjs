import { mutation } from '../../stryker.preset.mjs';

/** `npm run mutate -w @nuncio/dispatcher`: whether a test covers every line that decides when a delivery may start, and whether it may go on. */
export default mutation(
  ['src/delivery/lane.ts', 'src/delivery/allowance.ts', 'src/delivery/lease.ts'],
  ['lane', 'lane-model', 'allowance', 'slow-rate', 'lease', 'pipeline-lost'].map((name) => `src/delivery/${name}.spec.ts`),
);
