import type { Message, Producer } from 'kafkajs';

const LINGER_MS = 5;
const BATCH = 500;

/** Sends messages in acknowledged batches, and calls `onWritten` with the size of each batch. */
export function factWriter(producer: Producer, topic: string, onWritten: (count: number) => void): (fact: Message) => void {
  const waiting: Message[] = [];
  let busy = false;
  const flush = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    while (waiting.length > 0) {
      const messages = waiting.splice(0, BATCH);
      await producer.send({ topic, acks: -1, messages });
      onWritten(messages.length);
    }
    busy = false;
  };
  setInterval(() => void flush(), LINGER_MS);
  return (fact) => void waiting.push(fact);
}

/** An attempt fact of about the size of a real one. */
export const fact = (id: string, at: number, status: number, url: string): Message => ({
  key: id,
  value: JSON.stringify({
    id,
    at,
    number: 1,
    status,
    url,
    ms: Date.now() - at,
    requestHeaders: { 'content-type': 'application/json', authorization: '<redacted>', 'webhook-id': id },
    responseHeaders: { server: 'nginx', date: 'Mon, 02 Mar 2026 06:00:00 GMT' },
    body: '',
    timings: { dns: 0, connect: 0, tls: 0, firstByte: 1, total: 1 },
    step: 'done',
  }),
});
