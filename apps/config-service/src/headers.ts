import { toPointer, type FaultDetail, type Sealed } from '@nuncio/contracts';
import { lengthOf } from '@nuncio/sealing';

/** Set by us or by HTTP itself, in lower case: nobody else may. `Authorization` is a matter of its own for callbacks. */
export const reservedHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'content-type',
  'accept',
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'te',
  'upgrade',
  'trailer',
  'host',
  'content-length',
  'proxy-authorization',
  'expect',
  'x-forwarded-for',
  'x-forwarded-proto',
  'forwarded',
  'via',
]);

// RFC 9110 §5.6.2 (token) and §5.5 (field values, without the obsolete ones).
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const VALUE = /^[\t\u0020-\u007e]*$/;

/** A header as a consumer gave it; `value` null = what is stored already. */
export interface GivenHeader {
  readonly pointer: string;
  readonly name: string;
  readonly value: string | null;
}

export const givenHeaders = (field: string, headers: Readonly<Record<string, string | null>>): GivenHeader[] =>
  Object.entries(headers).map(([name, value]) => ({ pointer: toPointer([field, name]), name, value }));

/** Of the headers that go out in one request, ours left out. */
const MAX_HEADERS = 50;
const MAX_HEADER_BYTES = 16 * 1_024;

/** All that would go out in one request, after an edit that gives some of them. `stored`: the values that are stored already, sealed, by name. */
export function tooManyHeaders(pointer: string, headers: readonly GivenHeader[], stored: Readonly<Record<string, Sealed>>): FaultDetail[] {
  const lengthOfValue = ({ name, value }: GivenHeader): number => {
    const sealed = stored[name];
    return value?.length ?? (sealed === undefined ? 0 : lengthOf(sealed));
  };
  const bytes = headers.reduce((sum, header) => sum + header.name.length + lengthOfValue(header), 0);
  return [
    ...(headers.length > MAX_HEADERS ? [{ pointer, code: 'too-many', detail: `${headers.length} headers are more than ${MAX_HEADERS}` }] : []),
    ...(bytes > MAX_HEADER_BYTES ? [{ pointer, code: 'too-large', detail: `names and values of all headers together are more than ${MAX_HEADER_BYTES / 1_024} KiB` }] : []),
  ];
}

/** What is wrong with headers that go out in one request. `refused` says why one (its name in lower case) is not theirs to set. */
export function headerFaults(headers: readonly GivenHeader[], refused: (name: string, header: GivenHeader) => string | null): FaultDetail[] {
  const seen = new Set<string>();
  return headers.flatMap((header) => {
    const { pointer, name, value } = header;
    const lower = name.toLowerCase();
    const twice = seen.has(lower);
    seen.add(lower);
    const reason = refused(lower, header);
    if (!NAME.test(name)) return [{ pointer, code: 'header-name', detail: 'is not a header name' }];
    if (reason) return [{ pointer, code: 'reserved-header', detail: reason }];
    if (twice) return [{ pointer, code: 'duplicate-header', detail: `"${name}" is there twice` }];
    return value !== null && !VALUE.test(value) ? [{ pointer, code: 'header-value', detail: 'may contain printable ASCII characters only' }] : [];
  });
}

export const refuseReserved = (name: string): string | null => (reservedHeaders.has(name) ? `"${name}" is set by Nuncio or by HTTP itself` : null);
