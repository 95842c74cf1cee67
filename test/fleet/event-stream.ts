/** One server-sent event. */
interface StreamedEvent<T> {
  readonly event: string;
  readonly id: string;
  readonly data: T;
}

/** Reads server-sent events as a browser does. `lastId` includes ids without data. */
export class EventStream<T> {
  readonly events: StreamedEvent<T>[] = [];
  lastId = '';
  /** Whether the server has ended it in order. A broken connection is an error. */
  isEnded = false;
  readonly #closing = new AbortController();

  private constructor(private readonly read: (signal: AbortSignal) => Promise<Response>) {}

  /** Resolves with its first id: everything that happens from then on is in the stream. */
  static async open<T>(url: string, key: string, lastEventId?: string): Promise<EventStream<T>> {
    const headers = { authorization: `Bearer ${key}`, accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
    const stream = new EventStream<T>((signal) => fetch(url, { headers, signal }));
    await new Promise<void>((resolve, reject) => {
      stream.#follow(resolve).catch(reject);
    });
    return stream;
  }

  close(): void {
    this.#closing.abort();
  }

  async #follow(opened: () => void): Promise<void> {
    const response = await this.read(this.#closing.signal);
    if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
    let text = '';
    try {
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        const blocks = (text + chunk).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
        if (this.lastId) opened();
      }
      this.isEnded = true;
    } catch (error) {
      if (!this.#closing.signal.aborted) throw error;
    }
  }

  #take(block: string): void {
    const field = (name: string): string | undefined => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1];
    this.lastId = field('id') ?? this.lastId;
    const data = field('data');
    if (data !== undefined) this.events.push({ event: field('event') ?? 'message', id: this.lastId, data: JSON.parse(data) as T });
  }
}
