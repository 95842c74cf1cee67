import { mutation } from '../../stryker.preset.mjs';

const FINISHED = ['offset-tracker', 'commit-metadata', 'flows', 'backlog'];

/**
 * `npm run mutate -w @nuncio/kafka`: whether a test covers every line that decides which records are finished, and whose turn it is. Two runs: these files with their own
 * specs, and what holds them together (stryker.partition.config.mjs), whose specs take longer for each mutant.
 */
export default mutation(
  FINISHED.map((name) => `src/consuming/${name}.ts`),
  FINISHED.map((name) => `src/consuming/${name}.spec.ts`),
);
