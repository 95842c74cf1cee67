import preset from './jest.preset.mjs';

/** Mutation tests of one library: the files to mutate, and the specs that must detect the mutants, both relative to its folder. Starts no servers. */
export const mutation = (mutate, specs) => ({
  mutate,
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules'],
  jest: { projectType: 'custom', config: { ...preset, globalSetup: undefined, globalTeardown: undefined, testMatch: specs.map((spec) => `**/${spec}`) } },
  coverageAnalysis: 'perTest',
  // A mutant of a connection may wait for ever, and a machine may be slow.
  timeoutMS: 20_000,
  concurrency: 1,
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  thresholds: { high: 95, low: 90, break: 90 },
});
