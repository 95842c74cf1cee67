/** The locale of dates and numbers. By default that of the words, which are English. */
let locale = 'en-GB';

/** Called before anything is shown. What is no locale is ignored. */
export function writeAs(tag: unknown): void {
  if (typeof tag !== 'string') return;
  try {
    [locale = locale] = Intl.getCanonicalLocales(tag);
  } catch {
    // It is no language tag.
  }
}

/** A formatter that is made when it is first used, since the locale may be known late, and shared by all cells, since it is slow to make. */
export function shared<V>(make: (locale: string) => { format: (value: V) => string }): { readonly format: (value: V) => string } {
  let made: { format: (value: V) => string } | null = null;
  return { format: (value) => (made ??= make(locale)).format(value) };
}
