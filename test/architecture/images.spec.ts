import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(WORKSPACE, file), 'utf8');

interface Build {
  readonly dockerfile: string;
  readonly target?: string;
  readonly args?: { readonly APP?: string };
}
interface Contained {
  readonly image: string;
  readonly build?: Build;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly command?: readonly string[];
  readonly mem_limit?: string;
  readonly logging?: object;
}
interface Workspace {
  readonly name: string;
  readonly nx: { readonly tags: readonly string[] };
  readonly dependencies?: Readonly<Record<string, string>>;
}

const SERVICES = ['attempt-log', 'config-service', 'dispatcher', 'gateway', 'token-service'];
const compose = (parse(read('docker/compose.yaml'), { merge: true }) as { services: Record<string, Contained> }).services;
const ours = Object.entries(compose).filter(([, { image }]) => image.startsWith('nuncio/'));
const stages = read('docker/Dockerfile')
  .split(/^(?=FROM )/m)
  .slice(1);
/** The stages that are run: the last one, and those with a `--target`. */
const run = stages.filter((stage) => /^FROM \S+( AS migrate)?\n/.test(stage));

const workspaces = new Map(globSync('{apps,libs}/*/package.json', { cwd: WORKSPACE }).map((file) => [(JSON.parse(read(file)) as Workspace).name, JSON.parse(read(file)) as Workspace]));
function closure(name: string, known = new Set<string>()): Set<string> {
  if (known.has(name) || !workspaces.has(name)) return known;
  known.add(name);
  for (const each of Object.keys(workspaces.get(name)?.dependencies ?? {})) closure(each, known);
  return known;
}

/** `npm run check:images` builds and runs them. This test reads the Dockerfile, on any machine. */
describe('images', () => {
  it('run as an unprivileged user, without a shell, and only from what was packed for them', () => {
    expect(run).toHaveLength(2);
    for (const stage of run) {
      expect(stage).toMatch(/^USER 1000$/m);
      expect(stage).toMatch(/^CMD \["node", /m);
      expect(stage).not.toMatch(/^RUN /m);
      for (const [, from] of stage.matchAll(/^COPY (.*)$/gm)) expect(from).toMatch(/^--from=packed(-migrate)? \/packed /);
    }
  });

  it('contain the licence, and what it asks to be said', () => {
    expect(read('docker/Dockerfile')).toMatch(/^COPY .*\bLICENSE NOTICE\b/m);
    expect(read('docker/pack.mjs')).toContain("copy('LICENSE', 'NOTICE', ");
  });

  it('are one for each service, and one for migrations', () => {
    const built = ours.filter(([, { build }]) => build);
    expect(built.map(([name, { image, build }]) => [name, image, build?.args?.APP ?? build?.target]).sort()).toEqual(
      [...SERVICES, 'migrate'].sort().map((name) => [name, `nuncio/${name}:\${NUNCIO_VERSION:-local}`, name]),
    );
  });

  it.each(ours.map(([name]) => name))('%s: the file system is read-only, and it has no right that a process does not need', (name) => {
    expect(compose[name]).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], logging: { options: { 'max-size': '10m' } } });
    expect(compose[name]?.command?.[0] ?? 'node').toBe('node');
  });

  it.each(SERVICES)('%s contains nothing that serves only tests or laptops', (app) => {
    const brought = closure(`@nuncio/${app}`);
    expect(brought.size).toBeGreaterThan(3);
    expect([...brought].filter((name) => !/^layer:(?:app|chassis|adapter|core|console)$/.test(workspaces.get(name)?.nx.tags[0] ?? ''))).toEqual([]);
    expect(existsSync(join(WORKSPACE, 'apps', app, 'src/main.ts'))).toBe(true);
  });
});
