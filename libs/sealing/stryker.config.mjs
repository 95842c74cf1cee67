import preset from '../../jest.preset.mjs';

/** `npm run mutate -w @nuncio/sealing`: is there a test for every line that seals, opens and hides? What survives, and why, is in docs/security.md. */
export default {
  mutate: ['src/seal.ts', 'src/key-ring.ts', 'src/secret.ts'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules'],
  jest: { projectType: 'custom', config: { ...preset, globalSetup: undefined, globalTeardown: undefined, testMatch: ['**/src/*.spec.ts'] } },
  coverageAnalysis: 'perTest',
  // A machine may be busy.
  timeoutMS: 20_000,
  concurrency: 1,
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  thresholds: { high: 95, low: 90, break: 90 },
};
