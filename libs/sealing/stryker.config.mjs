import { mutation } from '../../stryker.preset.mjs';

/** `npm run mutate -w @nuncio/sealing`: is there a test for every line that seals, opens and hides? What survives, and why, is in docs/security.md. */
export default mutation(['src/seal.ts', 'src/key-ring.ts', 'src/secret.ts'], ['src/*.spec.ts']);
