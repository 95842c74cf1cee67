/** At most this far may the highest begun offset be above the watermark: its bitmap is 4,000 characters of the 4,096 a commit's metadata may have. */
export const MAX_SPAN = 24_000;

/**
 * What of one partition is finished, when records finish in any order. Offsets between records seen (compacted away, control records) count as finished.
 * Pure: no clock, no Kafka.
 */
export class OffsetTracker {
  readonly #pending = new Set<number>();
  /** Everything below it has been begun. */
  #position: number;
  readonly #restored: ReadonlySet<number>;
  readonly #restoredEnd: number;

  /** From what a former owner committed: its watermark, and in the metadata what was finished above it. */
  constructor(committed = 0, metadata = '') {
    this.#position = committed;
    this.#restored = decode(committed, metadata);
    this.#restoredEnd = Math.max(committed, ...this.#restored) + (this.#restored.size ? 1 : 0);
  }

  /** False = it is finished, or in work already: leave it alone. */
  begin(offset: number): boolean {
    if (offset < this.#position) return false;
    this.#position = offset + 1;
    if (this.#restored.has(offset)) return false;
    this.#pending.add(offset);
    return true;
  }

  /** Finishing twice is finishing. */
  done(offset: number): void {
    this.#pending.delete(offset);
  }

  /** The lowest offset that is not finished: where a new owner starts. */
  get watermark(): number {
    for (const offset of this.#pending) return offset;
    let offset = this.#position;
    while (this.#restored.has(offset)) offset++;
    return offset;
  }

  /** The next offset to begin. */
  get position(): number {
    return this.#position;
  }

  get unfinished(): number {
    return this.#pending.size;
  }

  get span(): number {
    return this.#end - this.watermark;
  }

  /** What to commit. */
  snapshot(): { offset: string; metadata: string } {
    const watermark = this.watermark;
    return { offset: String(watermark), metadata: this.#encode(watermark) };
  }

  get #end(): number {
    return Math.max(this.#position, this.#restoredEnd);
  }

  #isFinished(offset: number): boolean {
    return offset < this.#position ? !this.#pending.has(offset) : this.#restored.has(offset);
  }

  /** `1:` + base64 of a bitmap whose bit n stands for offset watermark + 1 + n; empty where nothing above the watermark is finished. */
  #encode(watermark: number): string {
    const bits = Buffer.alloc(Math.ceil(Math.max(0, this.#end - watermark - 1) / 8));
    let used = 0;
    for (let offset = watermark + 1, n = 0; offset < this.#end; offset++, n++) {
      if (!this.#isFinished(offset)) continue;
      const byte = n >> 3;
      bits.writeUInt8(bits.readUInt8(byte) | (1 << (n & 7)), byte);
      used = byte + 1;
    }
    return used ? `1:${bits.subarray(0, used).toString('base64')}` : '';
  }
}

/** Metadata of somebody else's making is no bitmap: nothing counts as finished. */
function decode(watermark: number, metadata: string): ReadonlySet<number> {
  const finished = new Set<number>();
  if (!metadata.startsWith('1:')) return finished;
  const bits = Buffer.from(metadata.slice(2), 'base64');
  for (const [byte, value] of bits.entries()) for (let bit = 0; bit < 8; bit++) if (value & (1 << bit)) finished.add(watermark + 1 + byte * 8 + bit);
  return finished;
}
