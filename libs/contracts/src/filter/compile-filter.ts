import type { NuncioEvent } from '../event.js';
import { fromPointer } from '../schema.js';
import type { Filter } from './filter.js';

/** Whether an event passes a filter. Made for one tenant. */
export type EventTest = (event: FilteredEvent) => boolean;

const NOT_JSON = Symbol('not JSON');

/** An event as filters see it. One is made for each event. Its payload is parsed when a filter first needs it, and at most once. */
export class FilteredEvent {
  #data: unknown;
  #parsed = false;

  constructor(private readonly event: Pick<NuncioEvent, 'attributes' | 'contentType' | 'payload' | 'tenants'>) {}

  get payloadBytes(): number {
    return this.event.payload.length;
  }

  /**
   * undefined = the event does not have it. `tenant` is the tenant who asks: of the tenants that the event names, it sees only itself.
   */
  attribute(name: string, tenant: string): string | undefined {
    if (name === 'tenant') return this.event.tenants.includes(tenant) ? tenant : undefined;
    if (name === 'datacontenttype') return this.event.contentType ?? undefined;
    return Object.hasOwn(this.event.attributes, name) ? this.event.attributes[name] : undefined;
  }

  /** The value at a path in the payload; undefined = there is none, or the payload is no JSON. */
  value(path: readonly string[]): unknown {
    let value = this.#payload();
    for (const key of path) {
      // In the result of JSON.parse only members and elements are enumerable own properties: not `length`, and nothing inherited.
      if (typeof value !== 'object' || value === null || !Object.prototype.propertyIsEnumerable.call(value, key)) return undefined;
      value = (value as Record<string, unknown>)[key];
    }
    return value === NOT_JSON ? undefined : value;
  }

  #payload(): unknown {
    if (!this.#parsed) {
      this.#data = parse(this.event.payload);
      this.#parsed = true;
    }
    return this.#data;
  }
}

/** The byte order mark, which a parser may ignore (RFC 8259 §8.1). */
const MARK = Buffer.from('\ufeff');
const startsWithMark = (payload: Buffer): boolean => payload[0] === MARK[0] && payload.subarray(0, MARK.length).equals(MARK);

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8', startsWithMark(payload) ? MARK.length : 0));
  } catch {
    return NOT_JSON;
  }
}

/** Compiles a filter once for each subscription of `tenant`. The result only compares. */
export function compileFilter(filter: Filter, tenant: string): EventTest {
  const { exact, prefix, suffix, all, any, not } = filter;
  const every = <V>(compared: Readonly<Record<string, V>>, comparison: (operand: V) => (value: unknown) => boolean): EventTest => everyOf(compared, comparison, tenant);
  if (exact) return every(exact, (expected) => (value) => value === expected);
  if (prefix) return every(prefix, (start) => (value) => typeof value === 'string' && value.startsWith(start));
  if (suffix) return every(suffix, (end) => (value) => typeof value === 'string' && value.endsWith(end));
  if (not) {
    const test = compileFilter(not, tenant);
    return (event) => !test(event);
  }
  const tests = (all ?? any ?? []).map((one) => compileFilter(one, tenant));
  return all ? (event) => tests.every((test) => test(event)) : (event) => tests.some((test) => test(event));
}

function everyOf<V>(compared: Readonly<Record<string, V>>, comparison: (operand: V) => (value: unknown) => boolean, tenant: string): EventTest {
  const tests = Object.entries(compared).map(([path, operand]): EventTest => {
    const holds = comparison(operand);
    const read = reader(path, tenant);
    return (event) => holds(read(event));
  });
  const [only] = tests;
  return only && tests.length === 1 ? only : (event) => tests.every((test) => test(event));
}

function reader(path: string, tenant: string): (event: FilteredEvent) => unknown {
  if (!path.startsWith('/')) return (event) => event.attribute(path, tenant);
  const [, ...keys] = fromPointer(path);
  return (event) => event.value(keys);
}
