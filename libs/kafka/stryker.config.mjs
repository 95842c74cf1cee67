import { mutation } from '../../stryker.preset.mjs';

const FINISHED = ['offset-tracker', 'commit-metadata', 'partition', 'flows', 'backlog'];

/** `npm run mutate -w @nuncio/kafka`: whether a test covers every line that decides which records are finished, and whose turn it is. */
export default mutation(
  FINISHED.map((name) => `src/${name}.ts`),
  FINISHED.map((name) => `src/${name}.spec.ts`),
);
