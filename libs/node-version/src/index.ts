/** npm installs Node.js as a package of the workspace. `engines` in package.json is about the older one that may run npm. */
const NEEDED = 24;

/**
 * Ends the process with status 1 and one sentence if Node.js is too old. An entry file imports only this module, calls it, and then imports the rest
 * dynamically. With static imports, an older Node.js would fail on something it lacks before anything runs. For the same reason this module imports
 * nothing.
 */
export function requireNode(): void {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return;
  console.error(`Nuncio needs Node.js ${NEEDED} or later, and this is ${process.versions.node}.`);
  process.exit(1);
}
