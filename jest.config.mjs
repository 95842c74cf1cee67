import preset from './jest.preset.mjs';

/**
 * All projects in one run and one report. Two workers, however many cores there are: black-box tests mostly wait, and each may have five services of
 * its own. One with CI set, since it is unknown what else that machine does.
 */
export default {
  projects: ['<rootDir>/libs/*', '<rootDir>/apps/*', '<rootDir>/test'],
  reporters: ['default', '<rootDir>/jest.total.mjs'],
  maxWorkers: process.env.CI ? 1 : 2,
  // A worker that has grown this large is replaced, since the heap of earlier files makes later ones slow.
  workerIdleMemoryLimit: '512MB',
  testTimeout: preset.testTimeout,
};
