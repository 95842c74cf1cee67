/** What stands where a secret was. */
export const REDACTED = '<redacted>';

const AT_MOST = 1_000;
const known = new Map<string, readonly string[]>();

/**
 * A secret as programs print what they got: as it is, and in the encodings that a reader sees through. As latin1, like a body of unknown encoding. The same few
 * secrets are looked for again and again.
 */
export function spellingsOf(secret: string): readonly string[] {
  let spellings = known.get(secret);
  if (!spellings) {
    if (known.size >= AT_MOST) known.clear();
    known.set(secret, (spellings = spell(secret)));
  }
  return spellings;
}

/** A text (UTF-8) in which somebody may repeat what we sent, without it. null = a secret is so short that it cannot be told from other words, and may be there. */
export function withoutSecrets(text: string, secrets: readonly string[]): string | null {
  let shown = Buffer.from(text).toString('latin1');
  for (const secret of secrets.filter(Boolean)) {
    for (const spelling of spellingsOf(secret)) {
      if (!spelling || !shown.includes(spelling)) continue;
      if (spelling.length < SHORTEST) return null;
      shown = shown.replaceAll(spelling, REDACTED);
    }
  }
  return Buffer.from(shown, 'latin1').toString();
}

const SHORTEST = 4;

function spell(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const url = encodeURIComponent(secret.toWellFormed());
  const json = JSON.stringify(secret).slice(1, -1);
  const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  // In the middle of something base64-encoded it begins at one of three places; the characters that it shares with its neighbours are left out.
  const base64 = [0, 1, 2].map((before) => Buffer.concat([Buffer.alloc(before), bytes]).toString('base64url').slice(Math.ceil((before * 4) / 3), -2));
  const all = [secret, url, url.replaceAll('%20', '+'), json, json.replaceAll('/', '\\/'), html, html.replaceAll("'", '&#39;').replaceAll('=', '&#x3D;'), bytes.toString('hex'), bytes.toString('hex').toUpperCase()];
  return [...new Set([...all.map((text) => Buffer.from(text).toString('latin1')), ...base64, ...base64.map((text) => text.replaceAll('-', '+').replaceAll('_', '/'))])];
}
