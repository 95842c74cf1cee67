import { mutation } from '../../stryker.preset.mjs';

export default mutation(['src/consuming/partition.ts', 'src/consuming/partition-work.ts'], ['src/consuming/partition.spec.ts', 'src/consuming/partition-work.spec.ts']);
