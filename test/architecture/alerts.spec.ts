import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(WORKSPACE, file), 'utf8');

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: { readonly summary?: string; readonly runbook_url?: string };
}
interface Test {
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
}
const rules = (parse(read('docker/prometheus/alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
const alerts = rules.filter(({ alert }) => alert);
const tested = (parse(read('docker/prometheus/alerts.test.yaml')) as { tests: Test[] }).tests.flatMap((test) => test.alert_rule_test);

/** Every metric that a service declares, found in its source. */
const declared = globSync(['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'], { cwd: WORKSPACE })
  .filter((file) => !file.endsWith('.spec.ts'))
  .flatMap((file) => [...read(file).matchAll(/(?:name: |gauge\(\s*)'(nuncio_[a-z0-9_]+)'/g)].map(([, name]) => name ?? ''));

/** promtool is part of Debian's prometheus. Where it is not installed, only CI fails. */
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
const withPromtool = hasPromtool || process.env.CI ? it : it.skip;

describe('alerts', () => {
  it('use only metrics of a service or of Node.js, and so does the board', () => {
    const board = JSON.stringify(JSON.parse(read('docker/grafana/nuncio.json')));
    const named = new Set([...rules.map(({ expr }) => expr), board].flatMap((text) => text.match(/\b(?:nuncio|nodejs)_[a-z0-9_]+/g) ?? []));
    const known = [...named].map((name) => name.replace(/_(?:bucket|count|sum)$/, '')).filter((name) => !name.startsWith('nodejs_eventloop_lag_'));
    expect(known.filter((name) => !declared.includes(name))).toEqual([]);
  });

  it.each(alerts.map((rule) => [rule.alert ?? '', rule] as const))('%s: its runbook says what to do, and it was tested to fire and to stay quiet', (name, { labels, annotations }) => {
    expect(['page', 'ticket']).toContain(labels?.severity);
    const runbook = annotations?.runbook_url ?? '';
    expect(existsSync(join(WORKSPACE, runbook)) ? read(runbook) : '').toContain(name);
    const [row] = read('docs/runbooks/README.md').split('\n').filter((line) => line.startsWith('|') && line.includes(`\`${name}\``));
    expect(row).toMatch(new RegExp(`\\| ${labels?.severity ?? ''} \\| .*\\(${runbook.slice('docs/runbooks/'.length)}\\) \\|$`));
    expect(tested.filter(({ alertname }) => alertname === name).map(({ exp_alerts }) => exp_alerts.length > 0).sort()).toEqual([false, true]);
  });

  withPromtool('do what their tests say', () => {
    for (const args of [
      ['check', 'rules', 'docker/prometheus/alerts.yaml'],
      ['test', 'rules', 'docker/prometheus/alerts.test.yaml'],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: WORKSPACE, encoding: 'utf8' });
      expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
    }
  });
});

describe('runbooks', () => {
  const pages = globSync('docs/runbooks/*.md', { cwd: WORKSPACE }).filter((page) => !page.endsWith('README.md'));

  it.each(pages)('%s has the four parts, and is in the list', (page) => {
    expect([...read(page).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(['What you see', 'What it means', 'What to do', 'How to be sure']);
    expect(read('docs/runbooks/README.md')).toContain(`(${page.slice('docs/runbooks/'.length)})`);
  });
});

it('documents every metric', () => {
  const monitoring = read('docs/monitoring.md');
  expect(declared.length).toBeGreaterThan(20);
  expect(declared.filter((name) => !monitoring.includes(`\`${name}`))).toEqual([]);
});
