import { toPointer, type FaultDetail, type Sealed } from '@nuncio/contracts';
import { plainBytesOf } from '@nuncio/sealing';

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

/** Of one request, all together: servers take 8 to 16 KiB of headers, and ours are to fit in as well. */
export const MAX_HEADERS = 50;
export const MAX_HEADER_BYTES = 16_384;

/** A header as a consumer gave it; `value` null = what is stored already. `bytes`: of name and value. */
export interface GivenHeader {
  readonly field: string;
  readonly pointer: string;
  readonly name: string;
  readonly value: string | null;
  readonly bytes: number;
}

/** `stored`: where `headers` names nothing else, in secret. */
export function givenHeaders(field: string, headers: Readonly<Record<string, string | null>>, stored: Readonly<Record<string, Sealed>> = {}): GivenHeader[] {
  const bytesOf = (name: string, value: string | null): number => (value === null ? (stored[name] ? plainBytesOf(stored[name]) : 0) : Buffer.byteLength(value));
  return Object.entries(headers).map(([name, value]) => ({ field, pointer: toPointer([field, name]), name, value, bytes: Buffer.byteLength(name) + bytesOf(name, value) }));
}

/** More than goes into one request: told of the field that brings most. */
export function headerTotalFaults(headers: readonly GivenHeader[]): FaultDetail[] {
  const bytes = headers.reduce((sum, header) => sum + header.bytes, 0);
  if (headers.length <= MAX_HEADERS && bytes <= MAX_HEADER_BYTES) return [];
  const byField = Map.groupBy(headers, ({ field }) => field);
  const [most] = [...byField].map(([field, of]) => ({ field, bytes: of.reduce((sum, header) => sum + header.bytes, 0) })).sort((a, b) => b.bytes - a.bytes);
  const detail = `there may be ${MAX_HEADERS} headers of ${MAX_HEADER_BYTES} bytes together, and these are ${headers.length} of ${bytes}`;
  return [{ pointer: toPointer([most?.field ?? '']), code: 'too-large', detail }];
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
