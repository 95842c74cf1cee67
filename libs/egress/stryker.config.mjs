import { mutation } from '../../stryker.preset.mjs';

const GUARD = ['classify', 'target', 'address', 'egress-allow'];

/**
 * `npm run mutate -w @nuncio/egress`: is there a test for every line of the guard? What survives, and why, is in docs/security.md. Two runs: what is pure
 * against pure specs, and the connector (stryker.connect.config.mjs) against those that open sockets.
 */
export default mutation(
  GUARD.map((name) => `src/${name}.ts`),
  GUARD.map((name) => `src/${name}.spec.ts`),
);
