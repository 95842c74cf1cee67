import { expect } from '@jest/globals';
import { eventually } from '../fleet/eventually.js';

type Matchers = ReturnType<typeof expect>;
type Later = { readonly [Matcher in Exclude<keyof Matchers, 'not' | 'resolves' | 'rejects'>]: (...args: Parameters<Matchers[Matcher]>) => Promise<void> };

/** Jest's matchers for what a page shows. A page is drawn some time after it was acted on, so each matcher reads anew until it holds. */
export const soon = (read: () => unknown): Later & { readonly not: Later } => ({ ...later(async () => expect(await read())), not: later(async () => expect(await read()).not) });

function later(matchers: () => Promise<object>): Later {
  const names = Object.keys(expect(null)).filter((name) => name.startsWith('to')) as (keyof Later)[];
  const tried = (name: keyof Later) => (...args: unknown[]) => eventually(async () => { (((await matchers()) as Later)[name] as (...args: unknown[]) => unknown)(...args); });
  return Object.fromEntries(names.map((name) => [name, tried(name)])) as Later;
}
