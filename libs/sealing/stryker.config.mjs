import { mutation } from '../../stryker.preset.mjs';

/**
 * `npm run mutate -w @nuncio/sealing`: whether a test covers every line that seals, opens and hides. Surviving mutants are explained in
 * docs/security.md.
 */
export default mutation(['src/seal.ts', 'src/key-ring.ts', 'src/secret.ts'], ['src/*.spec.ts']);
