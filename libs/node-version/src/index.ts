/** npm installs it as a package of the workspace, whichever older Node runs npm: `engines` of package.json is about that one. */
const NEEDED = 24;

/**
 * Ends the process with status 1 and one sentence where Node.js is older than what Nuncio is written for. A file that Node is started with imports this alone, calls it, and then imports the rest
 * dynamically: an older Node fails with a static import of something that it has not, before anything runs. That is why this module imports nothing.
 */
export function requireNode(): void {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return;
  console.error(`Nuncio needs Node.js ${NEEDED} or later, and this is ${process.versions.node}.`);
  process.exit(1);
}
