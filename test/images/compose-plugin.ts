import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './engine.js';

/**
 * Debian 12 has Compose 1, which cannot read the file. The package of the next release works here too, and comes from the machine's usual mirror.
 */
const RELEASE = 'trixie';

/** Makes `docker compose` 2.23.1 or later available. Downloads go to `dir`. */
export function provideCompose({ docker, env }: Engine, dir: string): string {
  const version = (): string => docker(['compose', 'version', '--short'], { mayFail: true });
  if (/^v?\d+\.\d+/.test(version())) return version();
  const lists = join(dir, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  writeFileSync(join(dir, 'sources.list'), `deb ${mirror()} ${RELEASE} main\n`);
  const flags = ['-qq', '-o', 'APT::Sandbox::User=root', '-o', `Dir::Etc::sourcelist=${join(dir, 'sources.list')}`, '-o', 'Dir::Etc::sourceparts=/dev/null', '-o', `Dir::State::lists=${lists}`];
  execFileSync('apt-get', [...flags, 'update'], { stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync('apt-get', [...flags, 'download', 'docker-compose'], { cwd: dir, stdio: 'ignore' });
  const [deb = ''] = globSync('docker-compose_*.deb', { cwd: dir });
  execFileSync('dpkg-deb', ['-x', join(dir, deb), join(dir, 'unpacked')]);
  const plugins = join(env.DOCKER_CONFIG ?? '', 'cli-plugins');
  mkdirSync(plugins, { recursive: true });
  copyFileSync(join(dir, 'unpacked/usr/libexec/docker/cli-plugins/docker-compose'), join(plugins, 'docker-compose'));
  chmodSync(join(plugins, 'docker-compose'), 0o755);
  return version();
}

/** The address of Debian's packages that apt uses: `http://…/debian`. */
export function mirror(): string {
  const files = globSync('/etc/apt/{sources.list,sources.list.d/*}').map((file) => readFileSync(file, 'utf8'));
  const [, uri] = /^(?:deb .*?|URIs: *)(https?:\S+\/debian)\/?(?:\s|$)/m.exec(files.join('\n')) ?? [];
  if (!uri) throw new Error('apt has no address of Debian’s packages');
  return uri;
}
