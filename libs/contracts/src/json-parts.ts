/** A member of an object, or an element of an array (`name` null), with the source text of its value. */
export interface JsonPart {
  readonly name: string | null;
  readonly text: string;
}

/**
 * The parts of a JSON text's outermost value, in order, unparsed; null = it is neither object nor array. Only for texts that `JSON.parse` accepts.
 * Counts depth instead of recursing, since the sender chooses the depth.
 */
export function jsonParts(source: string): JsonPart[] | null {
  let at = source.search(/\S/);
  const isObject = source[at] === '{';
  if (!isObject && source[at] !== '[') return null;
  const parts: JsonPart[] = [];
  let depth = 1;
  let name: string | null = null;
  let from = at + 1;
  const add = (): void => {
    const text = source.slice(from, at).trim();
    if (text) parts.push({ name, text });
    from = at + 1;
  };
  while (depth > 0) {
    const char = source[++at];
    if (char === '"') at = endOfString(source, at);
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    else if (depth === 1 && char === ',') add();
    else if (depth === 1 && char === ':') {
      name = JSON.parse(source.slice(from, at)) as string;
      from = at + 1;
    }
  }
  add();
  return parts;
}

/** The end of the string that begins at `start`: the first quote after an even number of backslashes. */
function endOfString(source: string, start: number): number {
  for (let end = source.indexOf('"', start + 1); ; end = source.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (source[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}
