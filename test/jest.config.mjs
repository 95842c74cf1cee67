import preset from '../jest.preset.mjs';

/** Black box: the servers and one fleet of services are started once, before the first test, as processes of their own. */
export default { ...preset, globalSetup: '<rootDir>/fleet/global-setup.mjs', globalTeardown: '<rootDir>/fleet/global-teardown.mjs', testTimeout: 60_000 };
