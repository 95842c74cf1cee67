import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import * as contracts from '@nuncio/contracts';
import { deadLetters, quarantine, SERVICES, topics, type Topic } from '@nuncio/contracts';
import { access, printedAccess, topicsOf } from './access.js';

const names = (some: readonly Topic[]): string[] => some.map(({ name }) => name).sort();
const all = Object.values(access);
/** Kept for people, who read them with Kafka's own tools; no service has to. */
const FOR_PEOPLE = names([deadLetters, quarantine]);

describe('access', () => {
  it('names every topic there is, with who writes and who reads it: a new one was made, and refused where ACLs are on', () => {
    const written = new Set(names(all.flatMap(({ writes }) => writes)));
    const read = new Set(names(all.flatMap(({ reads }) => reads)));
    expect(names(topics).filter((name) => !written.has(name))).toEqual([]);
    expect(names(topics).filter((name) => !read.has(name) && !FOR_PEOPLE.includes(name))).toEqual([]);
    expect([...written, ...read].filter((name) => !names(topics).includes(name))).toEqual([]);
  });

  it.each(SERVICES)('lets %s at every topic that its source names', (service) => {
    const declared = new Map(Object.entries<unknown>(contracts).flatMap(([name, value]) => topics.filter((topic) => topic === value).map((topic): [string, Topic] => [name, topic])));
    const workspace = fileURLToPath(new URL('../../../..', import.meta.url));
    const used = globSync(`apps/${service}/src/**/*.ts`, { cwd: workspace })
      .filter((file) => !/\.spec\.ts$|\/testing\//.test(file))
      .flatMap((file) => {
        const text = readFileSync(`${workspace}/${file}`, 'utf8');
        const imported = [...text.matchAll(/import (?:type )?\{([^}]+)\} from '@nuncio\/contracts'/g)].flatMap(([, list = '']) => list.split(',').map((name) => name.trim().replace(/^type /, '').replace(/ as .*/, '')));
        return imported.flatMap((name) => declared.get(name) ?? []);
      });
    expect(used.length).toBeGreaterThan(0);
    expect(names([...new Set(used)]).filter((name) => !names([...topicsOf(service), ...(access[service].watches?.topics ?? [])]).includes(name))).toEqual([]);
  });

  it('can be said a rule a line, for a cluster whose access is kept elsewhere', () => {
    const lines = printedAccess('acme', 'hooks');
    expect(lines).toEqual(expect.arrayContaining(['User:hooks_gateway WRITE TOPIC acme.events', 'User:hooks_gateway READ GROUP acme.view.gateway.*', 'User:hooks_config_service WRITE TRANSACTIONAL_ID acme.config-relay']));
    for (const line of lines) expect(line).toMatch(/^User:hooks_[a-z_]+ [A-Z_]+ (?:TOPIC|GROUP|TRANSACTIONAL_ID) acme\.[a-z0-9.-]+\*?$/);
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('is what ARCHITECTURE says of each service', () => {
    const page = readFileSync(new URL('../../../../ARCHITECTURE.md', import.meta.url), 'utf8');
    /** `delay.*` for all tiers. */
    const told = (some: readonly Topic[]): string[] => [...new Set(names(some).map((name) => name.replace(/^delay\..*/, 'delay.*')))].sort();
    const cell = (text = ''): string[] => [...text.matchAll(/`([a-z.*-]+)`/g)].flatMap(([, name = '']) => (told(topics).includes(name) ? [name] : [])).sort();
    for (const service of SERVICES) {
      const [, , , reads, writes] = new RegExp(`^\\| \`${service}\` \\|.*`, 'm').exec(page)?.[0].split('|') ?? [];
      const { reads: reading, writes: writing } = access[service];
      expect({ service, reads: cell(reads) }).toEqual({ service, reads: told(reading) });
      expect({ service, writes: cell(writes) }).toEqual({ service, writes: told(writing) });
    }
  });
});
