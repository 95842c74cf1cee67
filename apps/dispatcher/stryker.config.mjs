import { mutation } from '../../stryker.preset.mjs';

const LANES = ['lane', 'allowance', 'waiting-line', 'pace', 'release'].map((name) => `src/lanes/${name}`);
const DELIVERY = ['lease', 'fence'].map((name) => `src/delivery/${name}`);

/** `npm run mutate -w @nuncio/dispatcher`: whether a test covers every line that decides when a delivery may start, and whether it may go on. */
export default mutation(
  [...LANES, ...DELIVERY].map((file) => `${file}.ts`),
  [...LANES, 'src/lanes/lane-model', 'src/lanes/slow-rate', ...DELIVERY, 'src/delivery/pipeline-lost'].map((file) => `${file}.spec.ts`),
);
