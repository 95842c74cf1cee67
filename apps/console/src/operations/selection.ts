type Values = Readonly<Record<string, unknown>>;

/** Of these filters the value alone says what is meant. */
const BARE = new Set(['status', 'errorClass', 'eventType']);

/** What an operation has selected: `deliveries: failed, tenant globex`. A callback is named beside it. */
export function selectionInWords({ of, filters, ...others }: Values): string {
  const words = [...wordsOf(others), ...wordsOf(typeof filters === 'object' && filters !== null ? (filters as Values) : {})].join(', ');
  return [typeof of === 'string' && of, words].filter(Boolean).join(': ');
}

const wordsOf = (values: Values): string[] =>
  Object.entries(values)
    .filter(([name, value]) => name !== 'callback' && value !== null && value !== undefined)
    .map(([name, value]) => `${BARE.has(name) ? '' : `${name} `}${textOf(value)}`);

const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textOf).join(value.every((one) => String(one).startsWith('!')) ? ' and ' : ' or ');
  return typeof value === 'object' ? wordsOf(value as Values).join(', ') : JSON.stringify(value).replaceAll('"', '').replace(/^!/, 'not ');
};
