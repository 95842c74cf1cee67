import type { Schemas } from '../api/client.js';

type Request = NonNullable<Schemas['Attempt']['request']>;

/** The request as a command for a POSIX shell. What the log has redacted has to be filled in by hand. */
export function asCurl({ method, url, headers }: Request, body: string): string {
  const lines = Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => `-H ${quoted(`${name}: ${value}`)}`));
  return [`curl -X ${method} ${quoted(url)}`, ...lines, `--data-binary ${quoted(body)}`].join(' \\\n  ');
}

/** Within single quotes only the quote itself has a meaning. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
