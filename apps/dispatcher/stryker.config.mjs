import { mutation } from '../../stryker.preset.mjs';

/** `npm run mutate -w @nuncio/dispatcher`: whether a test covers every line that decides when a delivery may start, and whether it may go on. */
export default mutation(
  ['lane', 'allowance', 'waiting-line', 'pace', 'release', 'lease', 'fence'].map((name) => `src/delivery/${name}.ts`),
  ['lane', 'lane-model', 'allowance', 'slow-rate', 'waiting-line', 'pace', 'release', 'lease', 'fence', 'pipeline-lost'].map((name) => `src/delivery/${name}.spec.ts`),
);
