/** What says nothing that the row does not say. */
const PASSED_OVER: readonly string[] = ['id', 'hash', 'tenant'];
const LONGEST = 48;

/** The new values of a change, on one line: those that are something, texts and numbers before what has parts. */
export function inShort(changes: Readonly<Record<string, unknown>>): string {
  const some = Object.entries(changes).filter(([name, value]) => !PASSED_OVER.includes(name) && !isNothing(value));
  const told = some.length > 0 ? some : Object.entries(changes);
  return told
    .map(([name, value]) => ({ name, text: textOf(value) }))
    .sort((a, b) => Number(a.text === null) - Number(b.text === null))
    .map(({ name, text }) => (text === null ? name : `${name}: ${text}`))
    .join(', ');
}

const isNothing = (value: unknown): boolean => value === null || (typeof value === 'object' && Object.keys(value).length === 0);

/** null = it has parts, or is too long to be told here. */
function textOf(value: unknown): string | null {
  if (isNothing(value)) return 'none';
  const text = Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(' ') : typeof value === 'object' ? null : typeof value === 'string' ? value : JSON.stringify(value);
  return text === null || text.length > LONGEST ? null : text;
}
