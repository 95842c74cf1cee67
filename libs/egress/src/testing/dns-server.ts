import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';

const TYPE_A = 1;
const TYPE_AAAA = 28;

/** Answers without an address (RFC 1035 §4.1.1). */
const RCODES = { servfail: 2, refused: 5 } as const;

/** The addresses of a name; an empty list = it does not exist; null = no answer. */
export type Zone = (name: string, family: 4 | 6) => readonly string[] | keyof typeof RCODES | null;

export interface DnsServer {
  readonly address: string;
  /** The questions so far, as `name/family`. One that is sent again, as by a client that was busy for a second, is the same question. */
  readonly questions: string[];
  close(): void;
}

/** A DNS server on loopback (RFC 1035 §4, over UDP) that answers A and AAAA with a TTL of an hour. */
export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const questions: string[] = [];
  const answers = new Map<string, ReturnType<Zone>>();
  socket.on('message', (query, { port, address }) => {
    const { name, end } = readName(query);
    const family = query.readUInt16BE(end) === TYPE_AAAA ? 6 : 4;
    const asked = `${port} ${query.readUInt16BE(0)} ${name}/${family}`;
    if (!answers.has(asked)) {
      questions.push(`${name}/${family}`);
      answers.set(asked, zone(name, family));
    }
    const said = answers.get(asked);
    if (!said) return;
    const addresses = typeof said === 'string' ? [] : said;
    const code = typeof said === 'string' ? RCODES[said] : addresses.length === 0 ? 3 : 0;
    const matching = addresses.filter((text) => isIPv4(text) === (family === 4));
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 + code, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(matching.length, 6);
    socket.send(Buffer.concat([head, query.subarray(12, end + 4), ...matching.map(record)]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, questions, close: () => void socket.close() };
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.'), end: at + 1 };
}

function record(text: string): Buffer {
  const data = isIPv4(text) ? Buffer.from(text.split('.').map(Number)) : ipv6(text);
  const head = Buffer.from([0xc0, 0x0c, 0, isIPv4(text) ? TYPE_A : TYPE_AAAA, 0, 1, 0, 0, 0x0e, 0x10, 0, data.length]);
  return Buffer.concat([head, data]);
}

function ipv6(text: string): Buffer {
  const [front = '', back = ''] = text.split('::');
  const words = (part: string): number[] => (part === '' ? [] : part.split(':').map((word) => parseInt(word, 16)));
  const zeros = 8 - words(front).length - words(back).length;
  return Buffer.from([...words(front), ...Array<number>(zeros).fill(0), ...words(back)].flatMap((word) => [word >> 8, word & 0xff]));
}
