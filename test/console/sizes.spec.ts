import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { SIZES } from './budgets.js';

const DIST = new URL('../../apps/console/dist/', import.meta.url);

/** A file of Vite's manifest, by the module that it begins with. */
interface Built {
  readonly file: string;
  readonly isDynamicEntry?: boolean;
  readonly imports?: readonly string[];
}
const manifest = JSON.parse(readFileSync(new URL('manifest.json', DIST), 'utf8')) as Readonly<Record<string, Built>>;

/** The files that these modules load, with all that they import. */
function loadedBy(modules: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const load = (module: string): void => {
    if (seen.has(module)) return;
    seen.add(module);
    manifest[module]?.imports?.forEach(load);
  };
  modules.forEach(load);
  return new Set(Array.from(seen, (module) => manifest[module]?.file ?? module));
}

const kb = (files: ReadonlySet<string>): number => Array.from(files, (file) => gzipSync(readFileSync(new URL(file, DIST))).length / 1_000).reduce((sum, one) => sum + one, 0);
/** The navigation is in the first file, or begins one of its own. */
const SHELL = ['index.html', 'src/shell/shell.tsx'].filter((module) => module in manifest);

describe('the scripts of the console', () => {
  it('are no larger than their budgets: what every page needs, and each page', () => {
    const pages = Object.keys(manifest).filter((module) => manifest[module]?.isDynamicEntry);
    expect(pages.length).toBeGreaterThan(25);
    expect(kb(loadedBy(SHELL))).toBeLessThanOrEqual(SIZES.shellKb);
    const sizes = pages.map((page) => ({ page, kb: kb(loadedBy([...SHELL, page])) }));
    expect(sizes.filter((size) => size.kb > SIZES.pageKb)).toEqual([]);
  });

  it('lie beside their compressed form, which is what the gateway serves', () => {
    const files = readdirSync(new URL('assets/', DIST));
    const texts = files.filter((file) => /\.(?:js|css)$/.test(file));
    expect(texts.length).toBeGreaterThan(25);
    expect(texts.flatMap((file) => [`${file}.br`, `${file}.gz`]).filter((file) => !files.includes(file))).toEqual([]);
  });
});
