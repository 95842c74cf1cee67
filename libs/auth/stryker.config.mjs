import preset from '../../jest.preset.mjs';

/** `npm run mutate -w @nuncio/auth`: is there a test for every line of the token reader? What survives, and why, is in docs/security.md. */
export default {
  mutate: ['src/token-response.ts', 'src/json-object.ts'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules'],
  jest: { projectType: 'custom', config: { ...preset, globalSetup: undefined, globalTeardown: undefined, testMatch: ['**/src/token-response.spec.ts'] } },
  coverageAnalysis: 'perTest',
  // A machine may be busy.
  timeoutMS: 20_000,
  concurrency: 1,
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  thresholds: { high: 95, low: 90, break: 90 },
};
