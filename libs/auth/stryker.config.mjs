import { mutation } from '../../stryker.preset.mjs';

/** `npm run mutate -w @nuncio/auth`: is there a test for every line of the token reader? What survives, and why, is in docs/security.md. */
export default mutation(['src/token-response.ts', 'src/json-object.ts'], ['src/token-response.spec.ts', 'src/json-object.spec.ts']);
