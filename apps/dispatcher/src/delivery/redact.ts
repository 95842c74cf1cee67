import type { Answer } from '@nuncio/egress';

export const REDACTED = '<redacted>';

/** The headers as they may be seen: names in lower case, secret values replaced. */
export function shownHeaders(headers: Readonly<Record<string, string>>, secretNames: ReadonlySet<string>): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const name in headers) {
    const lower = name.toLowerCase();
    shown[lower] = lower === 'authorization' || secretNames.has(lower) ? REDACTED : (headers[name] ?? '');
  }
  return shown;
}

/** An endpoint may echo what it was sent: no secret of the request shows in the stored response. */
export function withoutEchoes(answer: Answer, secrets: readonly string[]): Answer {
  if (!answer.ok) return answer;
  const sent = secrets.filter((secret) => secret.length >= 8);
  const hide = (text: string): string => sent.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  const echoes = (text: string): boolean => sent.some((secret) => text.includes(secret));
  const inBody = answer.body.length > 0 && sent.some((secret) => answer.body.includes(secret));
  const inHeaders = Object.values(answer.headers).some((value) => (typeof value === 'string' ? echoes(value) : value.some(echoes)));
  if (!inBody && !inHeaders) return answer;
  return {
    ...answer,
    body: inBody ? Buffer.from(hide(answer.body.toString('latin1')), 'latin1') : answer.body,
    headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, typeof value === 'string' ? hide(value) : value.map(hide)])),
  };
}
