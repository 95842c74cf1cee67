/** All projects in one run and one report. One worker: the black-box tests share two cores with a broker, a database and five services. */
export default {
  projects: ['<rootDir>/libs/*', '<rootDir>/apps/*', '<rootDir>/test'],
  reporters: ['default', '<rootDir>/jest.total.mjs'],
  maxWorkers: 1,
  // A worker process, replaced once it has grown: what earlier files left on the heap makes later ones slow.
  workerIdleMemoryLimit: '512MB',
  testTimeout: 60_000,
};
