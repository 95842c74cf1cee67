import type { Answer } from '@nuncio/egress';
import { REDACTED, spellingsOf } from '@nuncio/sealing';

/** The headers as they may be seen: names in lower case, secret values replaced. */
export function shownHeaders(headers: Readonly<Record<string, string>>, secretNames: ReadonlySet<string>): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const name in headers) {
    const lower = name.toLowerCase();
    shown[lower] = lower === 'authorization' || secretNames.has(lower) ? REDACTED : (headers[name] ?? '');
  }
  return shown;
}

/**
 * An endpoint may echo what it was sent: no secret of the request shows in the stored response, as it is or in one of the spellings in which programs print
 * what they got, nor its beginning where the response was cut in the middle of it.
 */
export function withoutEchoes(answer: Answer, secrets: readonly string[]): Answer {
  const sent = secrets.filter((secret) => secret.length >= SHORTEST);
  if (!answer.ok || !sent.length) return answer;
  const spelled = sent.flatMap(spellingsOf);
  const hide = (text: string): string => spelled.reduce((rest, spelling) => rest.replaceAll(spelling, REDACTED), text);
  const echoes = (text: string): boolean => spelled.some((spelling) => text.includes(spelling));

  const text = answer.body.toString('latin1');
  const end = answer.truncated ? startOfCut(text, spelled) : text.length;
  const inBody = end < text.length || echoes(text);
  const inHeaders = echoes(Object.values(answer.headers).flat().join('\n'));
  if (!inBody && !inHeaders) return answer;
  return {
    ...answer,
    body: inBody ? Buffer.from(hide(text.slice(0, end)) + (end < text.length ? REDACTED : ''), 'latin1') : answer.body,
    headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, typeof value === 'string' ? hide(value) : value.map(hide)])),
  };
}

/** What is shorter is no secret, and would be found everywhere. */
const SHORTEST = 8;

/** Where a spelling begins that the end of the text cuts off; the text's length where none does. */
function startOfCut(text: string, spelled: readonly string[]): number {
  const starts = spelled.map((spelling) => {
    const from = Math.max(0, text.length - spelling.length + 1);
    for (let at = text.indexOf(spelling.slice(0, SHORTEST), from); at !== -1; at = text.indexOf(spelling.slice(0, SHORTEST), at + 1)) if (spelling.startsWith(text.slice(at))) return at;
    return text.length;
  });
  return Math.min(text.length, ...starts);
}
