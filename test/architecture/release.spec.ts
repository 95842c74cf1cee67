import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = ['package.json', ...globSync('{libs,apps}/*/package.json', { cwd: WORKSPACE }), 'test/package.json'];

interface Package {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Runs on a copy, which is a repository of its own. */
describe('a release', () => {
  let copy: string;
  const read = (file: string): string => readFileSync(join(copy, file), 'utf8');
  const run = (command: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } => spawnSync(command, args, { cwd: copy, encoding: 'utf8' });
  const commit = (): void => {
    run('git', 'add', '-A');
    run('git', '-c', 'user.name=n', '-c', 'user.email=n@localhost', 'commit', '-qm', 'x');
  };
  const release = (...args: string[]) => run(process.execPath, 'release.mjs', ...args);
  const former = (JSON.parse(readFileSync(join(WORKSPACE, 'package.json'), 'utf8')) as Package).version;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'nuncio-release-'));
    for (const file of [...PACKAGES, 'package-lock.json', 'release.mjs', 'docker/helm/Chart.yaml']) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(join(WORKSPACE, file), join(copy, file));
    }
    // What services read of each other is taken from the built contracts.
    cpSync(join(WORKSPACE, 'libs/contracts/dist'), join(copy, 'libs/contracts/dist'), { recursive: true });
    cpSync(join(WORKSPACE, 'libs/contracts/released'), join(copy, 'libs/contracts/released'), { recursive: true });
    symlinkSync(join(WORKSPACE, 'node_modules'), join(copy, 'node_modules'));
    writeFileSync(join(copy, '.gitignore'), 'node_modules\ndist\n');
    writeFileSync(join(copy, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n- Something new. Upgrade: turn it round.\n\n## 9.0.0 (unreleased)\n\n### Added\n\n- Something great.\n\n## 0.0.1\n\n- Something old.\n');
    run('git', 'init', '-q');
    commit();
  });
  afterAll(() => {
    rmSync(copy, { recursive: true });
  });

  it('is refused without a later version, and while there are uncommitted changes', () => {
    for (const args of [[], ['next'], [former], ['0.0.9']]) expect(release(...args)).toMatchObject({ status: 1, stdout: '' });
    writeFileSync(join(copy, 'left'), '');
    expect(release('9.0.0').stderr).toBe('no release: there are changes that are not committed\n');
    rmSync(join(copy, 'left'));
  });

  it('has its version everywhere, its notes in the changelog and in the text for the tag, and publishes nothing', () => {
    const { status, stdout } = release('9.0.0');
    expect([status, stdout.split('\n').slice(0, 6)]).toEqual([0, ['Nuncio 9.0.0', '', '**Upgrade**', '- Turn it round.', '', '- Something new. Upgrade: turn it round.']]);
    expect(stdout).not.toContain('Something old');
    const packages = PACKAGES.map((file) => JSON.parse(read(file)) as Package);
    expect(packages.filter(({ version }) => version !== '9.0.0').map(({ name }) => name)).toEqual([]);
    const lock = JSON.parse(read('package-lock.json')) as { version: string; packages: Record<string, Package> };
    const ours = Object.entries(lock.packages).filter(([path, { version }]) => !path.includes('node_modules/') && version);
    expect([lock.version, ...ours.map(([, { version }]) => version)].filter((version) => version !== '9.0.0')).toEqual([]);
    const needed = [...packages, ...Object.values(lock.packages)].flatMap(({ dependencies = {} }) => Object.entries(dependencies)).filter(([name]) => name.startsWith('@nuncio/'));
    expect(needed.filter(([, version]) => version !== '9.0.0')).toEqual([]);
    expect(read('docker/helm/Chart.yaml')).toMatch(/^version: 9\.0\.0\nappVersion: 9\.0\.0$/m);
    expect(readdirSync(join(copy, 'libs/contracts/released'))).toEqual(['9.0.0.json']);
    expect(JSON.parse(read('libs/contracts/released/9.0.0.json'))).toMatchObject({ attempts: { samples: expect.arrayContaining([expect.anything()]) } });
    expect(read('CHANGELOG.md')).toBe('# Changelog\n\n## 9.0.0\n\n**Upgrade**\n- Turn it round.\n\n- Something new. Upgrade: turn it round.\n\n### Added\n\n- Something great.\n\n## 0.0.1\n\n- Something old.\n');
    expect(run('git', 'log', '--oneline').stdout.trim().split('\n')).toHaveLength(1);
  });

  it('is refused if the changelog has nothing new', () => {
    commit();
    expect(release('9.0.1').stderr).toBe('no release: CHANGELOG.md has nothing under "## Unreleased" or "## 9.0.1 (unreleased)"\n');
  });
});
