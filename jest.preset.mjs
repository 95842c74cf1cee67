/** The preset of every project: ESM, sources instead of dist, decorators with metadata. */
export default {
  // Starts the servers of *.int.spec.ts and of test/ once for a whole run; pure specs start nothing. Built, since jest does not transform a global
  // setup.
  globalSetup: `${import.meta.dirname}/libs/embedded/dist/jest-global-setup.js`,
  globalTeardown: `${import.meta.dirname}/libs/embedded/dist/jest-global-teardown.js`,
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts'],
  // The end of what hangs, and no measure of anything: a busy machine takes many times as long as an idle one. So no test has a shorter one.
  testTimeout: 300_000,
  // A run of mutation tests that was stopped leaves a copy of its project behind.
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/\\.stryker-tmp/'],
  modulePathIgnorePatterns: ['<rootDir>/\\.stryker-tmp/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@nuncio/source', 'node', 'node-addons'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
