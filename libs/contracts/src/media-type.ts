const TOKEN = "[!#$%&'*+.^_`|~\\w-]+";
const QUOTED = String.raw`"(?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t \x21-\x7e])*"`;
/** RFC 9110 §8.3.1: `type/subtype`, then parameters whose values are tokens or quoted strings. */
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}[ \\t]*(?:;[ \\t]*(?:${TOKEN}=(?:${TOKEN}|${QUOTED})[ \\t]*)?)*$`);
const LONGEST = 1_024;

export const isMediaType = (text: string): boolean => text.length <= LONGEST && MEDIA_TYPE.test(text);

/** Type and subtype in lower case, without parameters: `application/json`. */
export function essenceOf(mediaType: string): string {
  const end = mediaType.indexOf(';');
  return (end < 0 ? mediaType : mediaType.slice(0, end)).trim().toLowerCase();
}

/** Whether the media type says that the content is JSON: its subtype is `json` or ends with `+json` (CloudEvents JSON format 1.0.2 §3.1). */
export const isJsonType = (mediaType: string): boolean => /[/+]json$/.test(essenceOf(mediaType));
