import preset from '../../jest.preset.mjs';

/**
 * `npm run mutate -w @nuncio/egress`: is there a test for every line of the guard? What survives, and why, is in docs/security.md. Two runs: what is pure
 * against pure specs, and the connector (stryker.connect.config.mjs) against those that open sockets.
 */
export default guard(['classify', 'target', 'address', 'egress-allow'], ['classify', 'target', 'address', 'egress-allow']);

export function guard(files, specs) {
  return {
    mutate: files.map((name) => `src/${name}.ts`),
    testRunner: 'jest',
    testRunnerNodeArgs: ['--experimental-vm-modules'],
    jest: { projectType: 'custom', config: { ...preset, globalSetup: undefined, globalTeardown: undefined, testMatch: specs.map((name) => `**/src/${name}.spec.ts`) } },
    coverageAnalysis: 'perTest',
    // A mutant of a connection may wait for ever; a machine may be busy.
    timeoutMS: 20_000,
    concurrency: 1,
    reporters: ['clear-text', 'progress-append-only'],
    clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
    thresholds: { high: 95, low: 90, break: 90 },
  };
}
