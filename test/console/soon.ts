import { expect } from '@jest/globals';
import { eventually } from '../fleet/eventually.js';

type Matchers = ReturnType<typeof expect>;
type Soon = { readonly [Matcher in keyof Matchers]: Matchers[Matcher] extends (...args: infer Args) => unknown ? (...args: Args) => Promise<void> : never };

/** Jest's matchers for what a page shows. A page is drawn some time after it was acted on, so each matcher reads anew until it holds. */
export function soon(read: () => unknown): Soon {
  return new Proxy({} as Soon, {
    get: (_, matcher: keyof Matchers) => (...args: unknown[]) =>
      eventually(async () => {
        (expect(await read())[matcher] as (...args: unknown[]) => void)(...args);
      }),
  });
}
