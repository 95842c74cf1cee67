import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(WORKSPACE, file), 'utf8');

/** The files that pages, scripts or images start with Node.js, apart from tests. */
const PLACES = ['package.json', '*.mjs', 'docker/**/*', 'docs/**/*.md', 'README.md', 'libs/embedded/src/*.ts'];
const built = globSync(PLACES, { cwd: WORKSPACE, exclude: ['docker/helm/**/charts'] })
  .filter((file) => /\.\w+$|Dockerfile$/.test(file))
  .flatMap((file) => read(file).match(/(?:apps|libs)\/[\w-]+\/dist\/[\w/.-]+\.js/g) ?? []);
interface App {
  readonly engines?: { readonly node: string };
  readonly nx: { readonly tags: readonly string[] };
}
const appOf = (file: string): App => JSON.parse(read(file.replace(/src\/.*$/, 'package.json'))) as App;
const apps = globSync('apps/*/src/main.ts', { cwd: WORKSPACE });
/** The command `nuncio` also runs on machines with an older Node.js. */
const isForAnyNode = (file: string): boolean => appOf(file).engines?.node === '>=20';
const entries = [...new Set([...built.map((file) => file.replace('/dist/', '/src/').replace(/\.js$/, '.ts')), ...apps])].filter((file) => existsSync(join(WORKSPACE, file)) && !/\/jest-|\/testing\//.test(file) && !isForAnyNode(file)).sort();

/**
 * Makes Node.js report an older version. If the check comes before all other imports, it ends with the sentence; nothing that an old Node.js lacks is
 * needed.
 */
const OLD = "data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })";

describe('what Node starts', () => {
  it('is found', () => {
    expect(entries).toEqual(expect.arrayContaining(['apps/config-service/src/migrate.ts', 'apps/config-service/src/rebuild.ts', 'apps/dispatcher/src/main.ts', 'libs/kafka/src/apply-access.ts']));
  });

  it.each(entries)('%s imports nothing before it has checked the version: an older Node.js fails at an import before anything runs', (file) => {
    expect(read(file)).toMatch(/^import \{ requireNode \} from '@nuncio\/node-version';\n\nrequireNode\(\);\nawait import\('\.\/[\w.-]+\.js'\);\n$/);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', OLD, join(WORKSPACE, file.replace('/src/', '/dist/').replace(/\.ts$/, '.js'))], { encoding: 'utf8', env: {} });
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: 'Nuncio needs Node.js 24 or later, and this is 20.20.2.\n' });
  });

  it('imports a module that imports nothing itself', () => {
    expect(read('libs/node-version/src/index.ts')).not.toMatch(/\bimport\b.*from/);
  });
});
