import stopServers from '@nuncio/embedded/jest-teardown';

export default async function stop() {
  await globalThis.stopFleet?.();
  await stopServers();
}
