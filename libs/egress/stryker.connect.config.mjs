import { mutation } from '../../stryker.preset.mjs';

export default mutation(['src/connect.ts'], ['src/connect.int.spec.ts', 'src/egress-proxy.int.spec.ts']);
