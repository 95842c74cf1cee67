import { mutation } from '../../stryker.preset.mjs';

/** `npm run mutate -w @nuncio/kafka`: whether a test covers every line that decides which records are finished. */
export default mutation(['src/offset-tracker.ts', 'src/partition.ts'], ['src/offset-tracker.spec.ts', 'src/partition.spec.ts']);
