/** The names and numbers in a JSON pointer (RFC 6901). */
export const partsOf = (pointer: string): string[] => pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
