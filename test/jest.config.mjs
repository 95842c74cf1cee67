import preset from '../jest.preset.mjs';

/** Black-box tests: the servers and one fleet of services are started once, as processes, before the first test. */
export default { ...preset, globalSetup: '<rootDir>/fleet/global-setup.mjs', globalTeardown: '<rootDir>/fleet/global-teardown.mjs' };
