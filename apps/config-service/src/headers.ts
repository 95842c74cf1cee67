import { toPointer, type FaultDetail, type FieldCode, type Sealed } from '@nuncio/contracts';
import { lengthOf } from '@nuncio/sealing';

/** Lower-case names of headers that Nuncio or HTTP sets; nobody else may. Callbacks have a rule of their own for `Authorization`. */
const reservedHeaders: ReadonlySet<string> = new Set([
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

// RFC 9110 §5.6.2 (token), and §5.5 (field values, without the obsolete ones).
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const VALUE = /^[\t\u0020-\u007e]*$/;

/** A header from a request; `value` null = the stored value is kept. */
interface GivenHeader {
  readonly pointer: string;
  readonly name: string;
  readonly value: string | null;
}

export const givenHeaders = (field: string, headers: Readonly<Record<string, string | null>>): GivenHeader[] =>
  Object.entries(headers).map(([name, value]) => ({ pointer: toPointer([field, name]), name, value }));

/** Limits for the headers of one request, without those that Nuncio sets. */
const MAX_HEADERS = 50;
const MAX_HEADER_BYTES = 16 * 1_024;

/**
 * Faults if one request would have too many headers, or too many bytes of them. `stored`: sealed values by name, for headers whose value is kept.
 */
export function tooManyHeaders(pointer: string, headers: readonly GivenHeader[], stored: Readonly<Record<string, Sealed>>): FaultDetail[] {
  const lengthOfValue = ({ name, value }: GivenHeader): number => {
    const sealed = stored[name];
    return value?.length ?? (sealed === undefined ? 0 : lengthOf(sealed));
  };
  const bytes = headers.reduce((sum, header) => sum + header.name.length + lengthOfValue(header), 0);
  const fault = (code: FieldCode, detail: string): FaultDetail => ({ pointer, code, detail });
  return [
    ...(headers.length > MAX_HEADERS ? [fault('too-many', `${headers.length} headers are more than ${MAX_HEADERS}`)] : []),
    ...(bytes > MAX_HEADER_BYTES ? [fault('too-large', `names and values of all headers together are more than ${MAX_HEADER_BYTES / 1_024} KiB`)] : []),
  ];
}

/** Faults of the headers of one request. `refused` returns why a header (its name in lower case) may not be set; null = it may. */
export function headerFaults(headers: readonly GivenHeader[], refused: (name: string, header: GivenHeader) => string | null): FaultDetail[] {
  const seen = new Set<string>();
  return headers.flatMap((header): FaultDetail[] => {
    const { pointer, name, value } = header;
    const lower = name.toLowerCase();
    const twice = seen.has(lower);
    seen.add(lower);
    const reason = refused(lower, header);
    if (!NAME.test(name)) return [{ pointer, code: 'header-name', detail: 'is not a header name' }];
    if (reason) return [{ pointer, code: 'reserved-header', detail: reason }];
    if (twice) return [{ pointer, code: 'duplicate-header', detail: `"${name}" is given twice` }];
    return value !== null && !VALUE.test(value) ? [{ pointer, code: 'header-value', detail: 'may contain printable ASCII characters only' }] : [];
  });
}

export const refuseReserved = (name: string): string | null => (reservedHeaders.has(name) ? `"${name}" is set by Nuncio or by HTTP itself` : null);
