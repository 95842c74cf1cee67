import { mutation } from '../../stryker.preset.mjs';

export default mutation(['src/partition.ts', 'src/partition-work.ts'], ['src/partition.spec.ts', 'src/partition-work.spec.ts']);
