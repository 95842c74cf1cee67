/**
 * `node pack.mjs <to> <app>...`, in a built workspace: installs the production dependencies of these apps anew, and copies them with the apps' built
 * files. Leaves out declarations and source maps; `sbom.json` (CycloneDX) lists every package.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const [to, ...apps] = process.argv.slice(2);
const these = ['--omit=dev', '--include-workspace-root=false', ...apps.flatMap((app) => ['-w', `@nuncio/${app}`])];

// npm does not treat a workspace that only tests depend on as a development dependency. So development dependencies are removed.
const lock = read('package-lock.json');
for (const file of globSync('{apps,libs}/*/package.json')) {
  write(file, { ...read(file), devDependencies: undefined });
  delete lock.packages[dirname(file)].devDependencies;
}
write('package-lock.json', lock);
execFileSync('npm', ['ci', '--loglevel=error', ...these], { stdio: 'inherit' });
copy('LICENSE', 'NOTICE', 'package.json', 'node_modules');
// npm has linked the workspaces that these apps need.
for (const link of readdirSync('node_modules/@nuncio')) {
  const workspace = relative('.', realpathSync(join('node_modules/@nuncio', link)));
  copy(...['package.json', 'dist', 'node_modules'].map((part) => join(workspace, part)));
}
// Files for browsers, which the gateway serves. They are bundled, so their dependencies need not be installed.
if (apps.includes('gateway')) copy('apps/console/dist');
writeFileSync(join(to, 'sbom.json'), execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', ...these], { maxBuffer: 2 ** 26 }));

function copy(...paths) {
  for (const path of paths.filter((each) => existsSync(each))) {
    cpSync(path, join(to, path), { recursive: true, verbatimSymlinks: true, filter: (file) => !/\.(?:[mc]?ts|map|tsbuildinfo)$/.test(file) });
  }
}

function read(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function write(file, content) {
  writeFileSync(file, JSON.stringify(content, null, 2));
}
