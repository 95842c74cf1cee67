/** Fields that the row shows already. */
const PASSED_OVER: readonly string[] = ['id', 'hash', 'tenant'];
const LONGEST = 48;

/** The new values of a change on one line, texts and numbers first. Empty values are left out unless there are no others. */
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

/** null = it is an object, or too long for the line. */
function textOf(value: unknown): string | null {
  if (isNothing(value)) return 'none';
  const text = Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(' ') : typeof value === 'object' ? null : typeof value === 'string' ? value : JSON.stringify(value);
  return text === null || text.length > LONGEST ? null : text;
}
