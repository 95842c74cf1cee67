/** All projects in one run and one report. Two workers, however many cores there are: black-box tests mostly wait, and each may have five services of its own. One where CI is set: how busy that machine is besides, nobody here knows. */
export default {
  projects: ['<rootDir>/libs/*', '<rootDir>/apps/*', '<rootDir>/test'],
  reporters: ['default', '<rootDir>/jest.total.mjs'],
  maxWorkers: process.env.CI ? 1 : 2,
  // A worker is a process, replaced once it has grown: what earlier files left on the heap makes later ones slow.
  workerIdleMemoryLimit: '512MB',
  testTimeout: 60_000,
};
