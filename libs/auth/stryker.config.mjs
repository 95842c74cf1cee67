import { mutation } from '../../stryker.preset.mjs';

/**
 * `npm run mutate -w @nuncio/auth`: whether a test covers every line of the token reader. Surviving mutants are explained in
 * docs/security.md.
 */
export default mutation(['src/token-response.ts', 'src/json-object.ts'], ['src/token-response.spec.ts', 'src/json-object.spec.ts']);
