/** Of these names the value alone says what is meant. */
const BARE = new Set(['status', 'state', 'errorClass', 'eventType']);

/** What an operation has selected: `failed, tenant globex, since 2026-03-04T00:00:00Z`. A callback is named beside it. */
export function selectionInWords(selection: Readonly<Record<string, unknown>>): string {
  return Object.entries(selection)
    .filter(([name, value]) => name !== 'callback' && value !== null && value !== undefined)
    .map(([name, value]) => {
      const text = Array.isArray(value) ? value.map(String).join(' or ') : typeof value === 'object' ? `(${selectionInWords(value as Record<string, unknown>)})` : JSON.stringify(value).replaceAll('"', '');
      return BARE.has(name) ? text : `${name} ${text}`;
    })
    .join(', ');
}
