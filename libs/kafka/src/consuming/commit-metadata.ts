/**
 * The metadata of a commit beside its watermark: `1:`, then in base64 a bitmap of finished offsets, whose bit n (lowest first) stands for offset watermark + 1 + n,
 * and, if records are partly finished, `=` and in base64 the entries of `writeParts`. A reader that knows only the bitmap takes the `=` for its end. Tools that set offsets by
 * hand write no metadata.
 */
const VERSION = '1:';

/** The shortest metadata: nothing is finished above the watermark. It says that a service has made this commit. */
export const WATERMARK_ALONE = VERSION;

/** Whether a service has made this commit: it has metadata. Tools that set offsets write none. */
export const isOfService = ({ metadata }: { readonly metadata: string | null }): boolean => Boolean(metadata);

/** The default of a broker's `offset.metadata.max.bytes`. */
const MAX_CHARACTERS = 4_096;
const MAX_BITMAP_BYTES = 3_000;

/** The finished records above a watermark. Of a partly finished record: a bitmap of its parts, lowest bit first. */
interface Progress {
  readonly finished: ReadonlySet<number>;
  readonly parts: ReadonlyMap<number, Uint8Array>;
}

/**
 * At most as much as a commit may hold: the rest is left out, and done again by a new owner. `parts` comes in the order of offsets, none below the
 * watermark.
 */
export function writeMetadata(watermark: number, bitmap: Uint8Array, parts: Iterable<readonly [number, Uint8Array]>): string {
  const finished = unpadded(withoutZeros(bitmap.subarray(0, MAX_BITMAP_BYTES)));
  const bytes = Math.floor(((MAX_CHARACTERS - VERSION.length - finished.length - 1) * 3) / 4);
  const partly = unpadded(writeParts(watermark, parts, bytes));
  return `${VERSION}${finished}${partly && `=${partly}`}`;
}

/** Metadata in another format is ignored: nothing counts as finished. */
export function readMetadata(watermark: number, metadata: string): Progress {
  const finished = new Set<number>();
  if (!metadata.startsWith(VERSION)) return { finished, parts: new Map() };
  const [bitmap = '', ...partly] = metadata.slice(VERSION.length).split('=');
  for (const [byte, value] of Buffer.from(bitmap, 'base64').entries())
    for (let bit = 0; bit < 8; bit++) if (value & (1 << bit)) finished.add(watermark + 1 + byte * 8 + bit);
  return { finished, parts: readParts(watermark, Buffer.from(partly.join(''), 'base64')) };
}

/** How many records below `end` a group has finished above the watermark that it committed. */
export function finishedBelow(end: number, watermark: number, metadata: string): number {
  let finished = 0;
  for (const offset of readMetadata(watermark, metadata).finished) if (offset < end) finished += 1;
  return finished;
}

/** What one commit says is finished and another does not, in offsets. */
export function finishedBeyond(commit: Commit, other: Commit): number {
  const [mine, theirs] = [progressOf(commit), progressOf(other)];
  let finished = Math.max(0, mine.watermark - theirs.watermark);
  for (const offset of theirs.finished) if (offset < mine.watermark) finished -= 1;
  for (const offset of mine.finished) if (offset >= theirs.watermark && !theirs.finished.has(offset)) finished += 1;
  return finished;
}

/** A commit as Kafka returns it. */
interface Commit {
  readonly offset: string;
  readonly metadata: string | null;
}

function progressOf({ offset, metadata }: Commit): { readonly watermark: number; readonly finished: ReadonlySet<number> } {
  const watermark = Number(offset);
  return { watermark, finished: readMetadata(watermark, metadata ?? '').finished };
}

/** For each record: its distance from the one before it, or from the watermark; the length of its bitmap; its bitmap. */
function writeParts(watermark: number, parts: Iterable<readonly [number, Uint8Array]>, maxBytes: number): Buffer {
  const bytes: number[] = [];
  let last = watermark;
  for (const [offset, bitmap] of parts) {
    const used = withoutZeros(bitmap);
    const entry = [...varint(offset - last), ...varint(used.length), ...used];
    if (!used.length || bytes.length + entry.length > maxBytes) continue;
    bytes.push(...entry);
    last = offset;
  }
  return Buffer.from(bytes);
}

function readParts(watermark: number, bytes: Buffer): Map<number, Uint8Array> {
  const parts = new Map<number, Uint8Array>();
  let at = 0;
  const number = (): number => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  for (let offset = watermark; at < bytes.length; ) {
    offset += number();
    const length = number();
    parts.set(offset, bytes.subarray(at, (at += length)));
  }
  return parts;
}

/** Seven bits a byte, lowest first; the highest bit says that more follow. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [128 + (value % 128), ...varint(Math.floor(value / 128))];
}

function withoutZeros(bitmap: Uint8Array): Uint8Array {
  let used = bitmap.length;
  while (used && !bitmap[used - 1]) used--;
  return bitmap.subarray(0, used);
}

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');
