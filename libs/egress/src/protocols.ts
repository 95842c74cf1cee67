const REMEMBERED = 10_000;
/** An endpoint that violates HTTP/2 is called by HTTP/1.1 for this long. */
const DISTRUST_MS = 600_000;

const BOTH = ['h2', 'http/1.1'];
const ONE = ['http/1.1'];

/** The most concurrent HTTP/2 requests before the server has set its limit (RFC 9113 §6.5.2 recommends no fewer). */
const STREAMS_AT_FIRST = 100;

/** The HTTP version that each origin spoke last, and how many concurrent HTTP/2 requests it allowed. */
export class Protocols {
  readonly #spoken = new Map<string, 'h2' | 'http/1.1'>();
  readonly #mostStreams = new Map<string, number>();
  readonly #distrusted = new Map<string, number>();

  constructor(private readonly http2: boolean) {}

  /** The protocols to offer (ALPN, RFC 7301), the preferred one first. */
  offer(origin: string): readonly string[] {
    if (!this.http2) return ONE;
    const until = this.#distrusted.get(origin);
    if (until === undefined) return BOTH;
    if (performance.now() < until) return ONE;
    this.#distrusted.delete(origin);
    return BOTH;
  }

  /**
   * Whether a new connection may serve several requests. Only an origin known to speak HTTP/1.1 gets one connection per
   * request.
   */
  mayShare(origin: string): boolean {
    return this.offer(origin) === BOTH && this.#spoken.get(origin) !== 'http/1.1';
  }

  learn(origin: string, spoken: 'h2' | 'http/1.1'): void {
    if (this.#spoken.get(origin) === spoken) return;
    if (this.#spoken.size >= REMEMBERED) this.#spoken.clear();
    this.#spoken.set(origin, spoken);
  }

  /** The most concurrent requests on a new connection, until its server says otherwise. It would refuse those beyond its limit. */
  mostStreams(origin: string): number {
    return this.#mostStreams.get(origin) ?? STREAMS_AT_FIRST;
  }

  learnMostStreams(origin: string, most: number): void {
    if (most === 0 || this.mostStreams(origin) === most) return;
    if (this.#mostStreams.size >= REMEMBERED) this.#mostStreams.clear();
    this.#mostStreams.set(origin, most);
  }

  distrust(origin: string): void {
    if (this.#distrusted.size >= REMEMBERED) this.#distrusted.clear();
    this.#distrusted.set(origin, performance.now() + DISTRUST_MS);
  }
}
