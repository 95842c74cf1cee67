import { mutation } from '../../stryker.preset.mjs';

const GUARD = ['classify', 'target', 'address', 'egress-allow'];

/**
 * `npm run mutate -w @nuncio/egress`: whether a test covers every line of the guard. Surviving mutants are explained in docs/security.md. Two runs:
 * pure code with pure specs, and the connector (stryker.connect.config.mjs) with specs that open sockets.
 */
export default mutation(
  GUARD.map((name) => `src/${name}.ts`),
  GUARD.map((name) => `src/${name}.spec.ts`),
);
