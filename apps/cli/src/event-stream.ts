/** A server-sent event (HTML standard §9.2.6). */
interface Message {
  readonly event?: string;
  readonly id?: string;
  readonly data?: string;
}

export async function* messages(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Message> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) {
    const blocks = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string): object => {
        const value = new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1];
        return value === undefined ? {} : { [name]: value };
      };
      yield { ...field('event'), ...field('id'), ...field('data') };
    }
  }
}
