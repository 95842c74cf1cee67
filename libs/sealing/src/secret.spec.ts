/* eslint-disable @typescript-eslint/no-misused-spread, @typescript-eslint/no-confusing-void-expression, @typescript-eslint/no-unnecessary-template-expression, @typescript-eslint/no-unnecessary-type-conversion -- what nobody should do is what is tried here */
import assert from 'node:assert';
import { Console } from 'node:console';
import { EventEmitter } from 'node:events';
import querystring from 'node:querystring';
import { Writable } from 'node:stream';
import util, { inspect } from 'node:util';
import v8 from 'node:v8';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Secret } from './index.js';

const TEXT = 'hunter2-hunter2-hunter2';
const SHOWN = '[secret]';
const secret = new Secret(TEXT);
const untyped = secret as unknown as string;

class Holder {
  token = secret;
  #own = secret;
  static shared = secret;
  get got(): Secret {
    return this.#own;
  }
}
class Derived extends Secret {}

/** The text that a console prints to its stream. */
function printed(print: (console: Console) => void): string {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  print(new Console({ stdout: stream, stderr: stream }));
  return lines.join('');
}

function thrown(act: () => unknown): string {
  try {
    return inspect(act());
  } catch (error) {
    return `${inspect(error, { depth: 9 })} ${String(error)} ${(error as Error).stack ?? ''}`;
  }
}

const circular: Record<string, unknown> = { secret };
circular.self = circular;
const proxied = new Proxy(secret, {});
const nested = (depth: number): unknown => (depth === 0 ? secret : { inner: nested(depth - 1) });

const shapes: Record<string, () => unknown> = {
  String: () => String(secret),
  toString: () => secret.toString(),
  template: () => `${untyped}`,
  'concatenation before': () => untyped + '',
  'concatenation after': () => 'a' + untyped,
  'concat()': () => 'a'.concat(untyped),
  valueOf: () => secret.valueOf(),
  Number: () => Number(secret),
  'unary plus': () => +untyped,
  'toPrimitive string': () => secret[Symbol.toPrimitive](),
  'Date of it': () => new Date(untyped).toString(),
  Symbol: () => Symbol(untyped).toString(),
  'Symbol description': () => Symbol(untyped).description,
  'object tag': () => Object.prototype.toString.call(secret),
  toLocaleString: () => secret.toLocaleString(),
  'Array join': () => [secret, secret].join(),
  'Array toString': () => [[secret]].toString(),
  'Array toLocaleString': () => [secret].toLocaleString(),
  'String.raw': () => String.raw`${secret}`,
  replace: () => 'x'.replace('x', untyped),
  RegExp: () => new RegExp(untyped).source,
  'as a property name': () => Object.keys({ [untyped]: 1 }),
  encodeURIComponent: () => encodeURIComponent(untyped),
  encodeURI: () => encodeURI(untyped),
  URL: () => new URL(`https://x/${untyped}`).href,
  'URL password': () => new URL(`https://u:${untyped}@x/`).href,
  URLSearchParams: () => new URLSearchParams({ a: untyped }).toString(),
  'URLSearchParams of it': () => new URLSearchParams(untyped).toString(),
  Headers: () => inspect(new Headers({ a: untyped })),
  FormData: () => {
    const form = new FormData();
    form.set('a', untyped);
    return form.get('a');
  },
  querystring: () => querystring.stringify({ a: untyped }),
  'Buffer.from': () => Buffer.from(untyped).toString('latin1'),
  'Buffer.from array': () => Buffer.from([untyped] as never).toString('latin1'),
  'Buffer.concat': () => thrown(() => Buffer.concat([secret as never])),
  TextEncoder: () => new TextDecoder().decode(new TextEncoder().encode(untyped)),
  btoa: () => atob(btoa(untyped)),
  'Intl.ListFormat': () => thrown(() => new Intl.ListFormat('en').format([untyped])),
  'JSON of it': () => JSON.stringify(secret),
  'JSON object': () => JSON.stringify({ secret }),
  'JSON array': () => JSON.stringify([secret, [secret]]),
  'JSON indented': () => JSON.stringify({ a: { secret } }, null, 2),
  'JSON replacer list': () => JSON.stringify({ secret }, ['secret']),
  'JSON replacer': () => JSON.stringify({ secret }, (_, value: unknown) => value),
  'JSON replacer before toJSON': () =>
    JSON.stringify({ secret }, function (this: Record<string, unknown>, name, value: unknown) {
      return name ? { ...(this[name] as object) } : value;
    }),
  'JSON of a class': () => JSON.stringify(new Holder()),
  'JSON of a derived': () => JSON.stringify(new Derived(TEXT)),
  'JSON of own properties': () => JSON.stringify(Object.getOwnPropertyDescriptors(secret)),
  'JSON of Map entries': () => JSON.stringify([...new Map([[secret, secret]])]),
  inspect: () => inspect(secret),
  'inspect depth 0': () => inspect({ a: { secret } }, { depth: 0 }),
  'inspect depth -1': () => inspect(secret, { depth: -1 }),
  ...Object.fromEntries([1, 2, 3, 5, 9].map((depth) => [`inspect ${depth} levels down`, () => inspect(nested(depth), { depth: Infinity })])),
  'inspect showHidden': () => inspect({ secret }, { showHidden: true }),
  'inspect without custom': () => inspect({ secret }, { customInspect: false, showHidden: true, depth: 9 }),
  'inspect getters': () => inspect(new Holder(), { getters: true, showHidden: true, depth: 9 }),
  'inspect showProxy': () => inspect(proxied, { showProxy: true, showHidden: true }),
  'inspect proxy': () => inspect(proxied),
  'inspect colors': () => inspect(secret, { colors: true }),
  'inspect compact': () => inspect({ secret }, { compact: false, sorted: true, breakLength: 1 }),
  'inspect class': () => inspect(Holder, { showHidden: true }),
  'inspect derived': () => inspect(new Derived(TEXT), { showHidden: true, customInspect: false }),
  'inspect prototype': () => inspect(Object.create(secret), { showHidden: true }),
  'inspect Map': () => inspect(new Map([[secret, { secret }]]), { depth: 9 }),
  'inspect Set': () => inspect(new Set([secret])),
  'inspect WeakMap': () => inspect(new WeakMap([[secret, secret]]), { showHidden: true }),
  'inspect WeakSet': () => inspect(new WeakSet([secret]), { showHidden: true }),
  'inspect Promise': () => inspect(Promise.resolve(secret), { showHidden: true }),
  'inspect array': () => inspect([secret, [secret]]),
  'inspect circular': () => inspect(circular),
  'inspect symbol key': () => inspect({ [Symbol('s')]: secret }),
  'inspect null prototype': () => inspect(Object.assign(Object.create(null) as object, { secret })),
  'inspect function property': () => inspect(Object.assign(() => undefined, { secret }), { showHidden: true }),
  'inspect boxed': () => inspect(Object(secret)),
  'inspect iterator': () => inspect([secret].values(), { showHidden: true }),
  'inspect generator': () => inspect([...[secret].entries()]),
  'inspect emitter': () => inspect(Object.assign(new EventEmitter(), { secret }), { depth: 9 }),
  'inspect closure': () => inspect(() => secret.reveal(), { showHidden: true }),
  'method source': () => secret.reveal.toString(),
  ...Object.fromEntries(['%s', '%d', '%i', '%f', '%j', '%o', '%O', '%c'].map((form) => [`util.format ${form}`, () => util.format(form, secret)])),
  'util.format rest': () => util.format('a', secret, { secret }),
  'util.format without form': () => util.format(secret),
  'util.types': () => inspect(util.types),
  'util.styleText': () => thrown(() => util.styleText('red', untyped)),
  'util.debuglog': () => util.inspect(util.debuglog('x')),
  'console.log': () => printed((c) => { c.log(secret, '%s', secret, { secret }); }),
  'console.error': () => printed((c) => { c.error('failed: %s', secret); }),
  'console.dir': () => printed((c) => { c.dir({ secret }, { depth: 9, showHidden: true }); }),
  'console.table': () => printed((c) => { c.table([{ secret }, { secret }]); }),
  'console.table of it': () => printed((c) => { c.table([secret]); }),
  'console.table of a Map': () => printed((c) => { c.table(new Map([[secret, secret]])); }),
  'console.group': () => printed((c) => { c.group(untyped); }),
  'console.assert': () => printed((c) => { c.assert(false, untyped); }),
  'console.trace': () => printed((c) => { c.trace(secret); }),
  'console.count': () => printed((c) => { c.count(untyped); }),
  'error message': () => new Error(untyped).message,
  'error of a template': () => new Error(`failed with ${untyped}`).stack,
  'error cause': () => inspect(new Error('x', { cause: secret })),
  'error cause deep': () => inspect(new Error('x', { cause: new Error('y', { cause: { secret } }) }), { depth: 9 }),
  'error property': () => inspect(Object.assign(new Error('x'), { secret })),
  'error JSON': () => JSON.stringify(Object.assign(new Error('x'), { secret })),
  AggregateError: () => inspect(new AggregateError([secret, new Error(untyped)], untyped), { depth: 9 }),
  DOMException: () => new DOMException(untyped, untyped).toString(),
  'thrown itself': () => thrown(() => { throw secret as unknown as Error; }),
  'called as a function': () => thrown(() => (secret as unknown as () => void)()),
  'missing method': () => thrown(() => (secret as unknown as { go(): void }).go()),
  'a foreign reveal': () => thrown(() => secret.reveal.call({} as never)),
  'reveal through a proxy': () => thrown(() => proxied.reveal()),
  BigInt: () => thrown(() => BigInt(untyped)),
  'JSON.parse of it': () => thrown(() => JSON.parse(untyped) as unknown),
  'invalid URL': () => thrown(() => new URL(untyped)),
  'zod error': () => inspect(z.object({ a: z.string(), b: z.literal('x') }).safeParse({ a: secret, b: secret }).error, { depth: 9 }),
  'zod pretty error': () => z.prettifyError(z.strictObject({ a: z.enum(['x']) }).safeParse({ a: secret, secret }).error!),
  'assert.equal': () => thrown(() => { assert.strictEqual(secret, 1); }),
  'assert.deepEqual': () => thrown(() => { assert.deepStrictEqual({ secret }, { secret: 'x' }); }),
  'assert.match': () => thrown(() => { assert.match(untyped, /y/); }),
  'assert.ok': () => thrown(() => assert.ok(!untyped, untyped)),
  'expect toEqual': () => thrown(() => { expect({ secret }).toEqual({ secret: 'x' }); }),
  'expect toBe': () => thrown(() => { expect(secret).toBe('x'); }),
  'expect not': () => thrown(() => { expect([secret]).not.toEqual([secret]); }),
  spread: () => JSON.stringify({ ...secret }) + inspect({ ...secret }),
  'array spread of entries': () => inspect([...Object.entries({ secret })]),
  'Object.assign': () => inspect(Object.assign({}, secret)),
  'Object.entries': () => Object.entries(secret),
  'Object.values': () => Object.values({ ...secret }),
  'Object.keys': () => Object.keys(secret),
  getOwnPropertyNames: () => Object.getOwnPropertyNames(secret),
  getOwnPropertySymbols: () => Object.getOwnPropertySymbols(secret).map(String),
  'Reflect.ownKeys': () => Reflect.ownKeys(secret).map((name) => secret[name as never]),
  'for in': () => {
    const found: unknown[] = [];
    for (const name in secret) found.push(secret[name as never]);
    return found;
  },
  'rest parameters': () => (({ ...rest }) => inspect(rest))(secret),
  structuredClone: () => inspect(structuredClone(secret), { showHidden: true }),
  'structuredClone in an object': () => JSON.stringify(structuredClone({ ...new Holder(), list: [new Map([['a', { ...secret }]])] })),
  'v8.serialize': () => v8.serialize(secret).toString('latin1'),
  'v8.serialize in an object': () => v8.serialize({ a: [{ secret }] }).toString('latin1'),
  'v8.deserialize': () => inspect(v8.deserialize(v8.serialize({ secret }))),
  postMessage: () => {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage({ secret });
    port1.close();
    return inspect(port2);
  },
  'Response body': () => inspect(new Response(untyped)),
  Blob: () => new Blob([untyped]).size === SHOWN.length,
  'performance detail': () => inspect(performance.mark('m', { detail: { secret } }).detail),
  'custom event': () => inspect(new CustomEvent('x', { detail: { secret } }), { depth: 9 }),
  'abort reason': () => inspect(AbortSignal.abort(secret), { showHidden: true }),
  'warning detail': () => inspect(Object.assign(new Error('w'), { detail: untyped })),
  'weak reference': () => inspect(new WeakRef(secret), { showHidden: true }),
};
describe('a Secret', () => {
  it('is tried in at least a hundred ways', () => {
    expect(Object.keys(shapes).length).toBeGreaterThanOrEqual(100);
  });

  it.each(Object.entries(shapes))('does not show in %s', (_, shape) => {
    const result = shape();
    const text = typeof result === 'string' ? result : `${String(result)} ${inspect(result, { depth: 9 })}`;
    const utf16 = Buffer.from(TEXT, 'utf16le').toString('latin1');
    for (const form of [TEXT, TEXT.slice(0, 8), utf16, Buffer.from(TEXT).toString('base64').slice(0, 20), Buffer.from(TEXT).toString('hex'), encodeURIComponent(TEXT)]) expect(text).not.toContain(form);
  });

  it('prints that it is a secret, wherever people would see it', () => {
    for (const name of ['String', 'toString', 'template', 'JSON object', 'inspect', 'console.log', 'error of a template', 'util.format %s', 'expect toEqual']) expect(shapes[name]!()).toContain(SHOWN);
  });

  it('appears in a snapshot as [secret]', () => {
    expect({ secret, a: [new Holder()] }).toMatchInlineSnapshot(`
      {
        "a": [
          Holder {
            "token": "[secret]",
          },
        ],
        "secret": "[secret]",
      }
    `);
  });

  it('gives its value to callers that ask for it', () => {
    expect(secret.reveal()).toBe(TEXT);
  });
});
