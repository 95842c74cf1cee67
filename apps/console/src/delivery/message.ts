/** The body of an HTTP message (`message/http`, RFC 9112 §2.1): everything after the first empty line. */
export function bodyOf(message: string): string {
  const end = message.indexOf('\r\n\r\n');
  return end < 0 ? '' : message.slice(end + 4);
}
