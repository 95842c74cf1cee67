/** Raw answers that no well-behaved server sends, made by rule. `forged` is in what a careless client would take for the next answer. */
export interface HostileAnswer {
  readonly what: string;
  readonly bytes: Buffer;
  /** What the server does behind it. */
  readonly then: 'waits' | 'closes' | 'resets';
}

const FORGED = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged';
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const head = (...lines: string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');

/** Two opinions of where the body ends: each header alone and in either order with another, before a body that is chunks for one and bytes for the other. */
function* smuggling(): Generator<HostileAnswer> {
  const codings = [
    'chunked',
    'CHUNKED',
    ' chunked',
    'chunked ',
    '\tchunked',
    '\u000bchunked',
    'xchunked',
    'chunked, identity',
    'identity, chunked',
    'gzip, chunked',
    'chunked, chunked',
    '"chunked"',
    'chunked;q=1',
    '',
  ];
  const names = [
    'transfer-encoding',
    'Transfer-Encoding ',
    'transfer_encoding',
    'transfer-encoding\t',
    ' transfer-encoding',
    'x: y\ntransfer-encoding',
    'x: y\rtransfer-encoding',
  ];
  const lengths = ['5', '0', '05', '5, 5', '5 5', '-1', '+5', '0x5', '5.0', '1e1', '٥', '', '18446744073709551616', '5;'];
  const body = `5\r\nhello\r\n0\r\n\r\n${FORGED}`;
  for (const coding of codings)
    for (const length of ['5', '0', '6'])
      for (const lines of [
        [`content-length: ${length}`, `transfer-encoding:${coding}`],
        [`transfer-encoding:${coding}`, `content-length: ${length}`],
      ])
        yield { what: `two framings: ${lines.join(' | ')}`, bytes: bytes(head(...lines) + body), then: 'waits' };
  for (const name of names)
    yield { what: `the name ${JSON.stringify(name)}`, bytes: bytes(head(`${name}: chunked`, 'content-length: 5') + body), then: 'waits' };
  for (const length of lengths)
    for (const lines of [[`content-length: ${length}`], [`content-length: ${length}`, 'content-length: 5'], ['content-length: 5', `content-length: ${length}`]])
      yield { what: `lengths: ${lines.join(' | ')}`, bytes: bytes(head(...lines) + `hello${FORGED}`), then: 'waits' };
}

/** Chunks that say one thing and are another. */
function* chunks(): Generator<HostileAnswer> {
  const sizes = [
    '5\n',
    '5\r',
    ' 5\r\n',
    '5 \r\n',
    '0x5\r\n',
    '-5\r\n',
    '+5\r\n',
    '5,5\r\n',
    '5;\r\n',
    '5;a="\r\n',
    `5;${'a'.repeat(20_000)}\r\n`,
    'ffffffffffffffff\r\n',
    '100000000000000005\r\n',
    'g\r\n',
    '\r\n',
    '٥\r\n',
    '6\r\n',
    '4\r\n',
    '00000000000000000000005\r\n',
  ];
  for (const size of sizes)
    yield {
      what: `a chunk of ${JSON.stringify(size.slice(0, 24))}`,
      bytes: bytes(`${head('transfer-encoding: chunked')}${size}hello\r\n0\r\n\r\n${FORGED}`),
      then: 'waits',
    };
  const ends = [
    '0\r\n',
    '0\n\n',
    '0\r\n\r',
    '0\r\nx',
    '0\r\ncontent-length: 5\r\n\r\n',
    '0\r\ntransfer-encoding: chunked\r\n\r\n',
    '0\r\n: x\r\n\r\n',
    `0\r\n${'x: y\r\n'.repeat(5_000)}\r\n`,
    `0\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
    '0;\r\n\r\n',
  ];
  for (const end of ends)
    yield {
      what: `an end of chunks of ${JSON.stringify(end.slice(0, 24))}`,
      bytes: bytes(`${head('transfer-encoding: chunked')}5\r\nhello\r\n${end}${FORGED}`),
      then: 'waits',
    };
}

/** Status lines, interim answers, headers. */
function* heads(): Generator<HostileAnswer> {
  const lines = [
    '',
    ' ',
    'HTTP',
    'HTTP/1.1',
    'HTTP/1.1 ',
    'HTTP/1.1 99 x',
    'HTTP/1.1 1000 x',
    'HTTP/1.1 2O0 x',
    'HTTP/1.1 -200 x',
    'HTTP/1.1  200 x',
    'HTTP/1.1\t200 x',
    ' HTTP/1.1 200 x',
    'http/1.1 200 x',
    'HTTP/1.2 200 x',
    'HTTP/2 200',
    'HTTP/11 200 x',
    'HTTP/1.1 200 \0',
    `HTTP/1.1 200 ${'x'.repeat(100_000)}`,
    'ICY 200 OK',
    'GET / HTTP/1.1',
    'POST / HTTP/1.1',
    '<html>',
    '{"a":1}',
    '\u0016\u0003\u0001\u0002\0\u0001',
    'PRI * HTTP/2.0\r\n\r\nSM',
  ];
  for (const line of lines)
    yield { what: `a first line of ${JSON.stringify(line.slice(0, 24))}`, bytes: bytes(`${line}\r\ncontent-length: 5\r\n\r\nhello${FORGED}`), then: 'waits' };
  for (const status of [100, 101, 102, 103, 199]) {
    const interim = `HTTP/1.1 ${status} x\r\nlink: </x>\r\n\r\n`;
    for (const count of [1, 2, 1_000])
      yield { what: `${count} times ${status} before the answer`, bytes: bytes(`${interim.repeat(count)}${head('content-length: 5')}hello`), then: 'waits' };
    yield { what: `${status} with a length`, bytes: bytes(`HTTP/1.1 ${status} x\r\ncontent-length: 5\r\n\r\nhello${FORGED}`), then: 'waits' };
    yield { what: `${status} and no answer`, bytes: bytes(interim), then: 'closes' };
  }
  for (const status of [204, 304, 205])
    yield { what: `${status} with a body`, bytes: bytes(`HTTP/1.1 ${status} x\r\ncontent-length: 5\r\n\r\nhello${FORGED}`), then: 'waits' };
  const odd = [
    'a',
    'a b: c',
    ': c',
    'a\0: c',
    'a: \0',
    'a: b\rc',
    'a: b\nc: d',
    'a: b\r\n c',
    'a: b\r\n\tc',
    'a(: b',
    'é: b',
    'a: \u0007',
    'a: \u007f',
    `a: ${'b'.repeat(140_000)}`,
    `${'a'.repeat(140_000)}: b`,
    'a: b\r\n'.repeat(30_000),
    'connection: upgrade\r\nupgrade: h2c',
    'connection: close, keep-alive',
    'keep-alive: timeout=99999999999999',
    'keep-alive: timeout=-1',
    'trailer: content-length',
    'content-encoding: gzip',
    '__proto__: x',
    'constructor: x',
    'set-cookie: a\r\n'.repeat(500),
  ];
  for (const line of odd)
    yield { what: `a header ${JSON.stringify(line.slice(0, 24))}`, bytes: bytes(`${head(line, 'content-length: 5')}hello${FORGED}`), then: 'waits' };
}

/** Good answers of every framing that end too early, at each byte. */
function* cut(): Generator<HostileAnswer> {
  const whole = [
    head('content-length: 5') + 'hello',
    `${head('transfer-encoding: chunked')}5;x=y\r\nhello\r\n0\r\nx: y\r\n\r\n`,
    `HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${head('content-length: 0')}`,
  ];
  for (const answer of whole)
    for (let length = 0; length < answer.length; length++)
      for (const then of ['closes', 'resets'] as const)
        yield { what: `${then} after ${length} bytes of ${JSON.stringify(answer.slice(9, 60))}`, bytes: bytes(answer.slice(0, length)), then };
}

export const hostileAnswers: readonly HostileAnswer[] = [...smuggling(), ...chunks(), ...heads(), ...cut()];
