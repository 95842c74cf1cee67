import { describe, expect, it } from '@jest/globals';
import type { KafkaMessage } from 'kafkajs';
import { Flow } from './backlog.js';
import { FetchedRecord } from './fetched-record.js';
import { Flows, flowByHeader } from './flows.js';
import type { TrackedRecord } from './tracked-record.js';

const [a, b, c] = [new Flow('a'), new Flow('b'), new Flow('c')];
const all = (): boolean => true;

/** Flows with these records: `a1 b1 a2`. */
function waiting(records: string): Flows {
  const flows = new Flows();
  for (const name of records.split(' ')) flows.push({ offset: name, flow: { a, b, c }[name[0] as 'a'] } as Partial<TrackedRecord> as never);
  return flows;
}
const names = (records: readonly TrackedRecord[]): string => records.map(({ offset }) => offset).join(' ');

describe('Flows', () => {
  it('takes the records of a flow in the order in which they were read, and no more than was asked for', () => {
    const flows = waiting('a1 a2 a3');
    expect([names(flows.take(2, all)), flows.isEmpty, names(flows.take(2, all)), flows.isEmpty, names(flows.take(2, all))]).toEqual(['a1 a2', false, 'a3', true, '']);
  });

  it('takes equal shares of all flows', () => {
    expect(names(waiting('a1 a2 a3 a4 b1 b2 b3 c1 c2 c3').take(6, all))).toBe('a1 a2 b1 b2 c1 c2');
  });

  it('begins with the flow whose turn it is: those that came last would never have one', () => {
    const flows = waiting('a1 a2 a3 b1 b2 b3 c1 c2 c3');
    expect([1, 2, 3, 4].map(() => names(flows.take(2, all)))).toEqual(['a1 b1', 'c1 a2', 'b2 c2', 'a3 b3']);
  });

  it('lets a share that does not come out even go to who is first, and then to the others: the last of three had four of sixteen each time', () => {
    const flows = waiting('a1 a2 a3 b1 b2 b3');
    expect([names(flows.take(3, all)), names(flows.take(3, all))]).toEqual(['a1 a2 b1', 'b2 b3 a3']);
    const long = waiting(['a', 'b', 'c'].flatMap((name) => Array.from({ length: 40 }, (_, n) => `${name}${n}`)).join(' '));
    const all16 = [1, 2, 3].flatMap(() => long.take(16, all));
    expect(['a', 'b', 'c'].map((name) => all16.filter(({ flow }) => flow.name === name).length)).toEqual([16, 16, 16]);
  });

  it('leaves the records of flows that may have none, and shares among the others', () => {
    const flows = waiting('a1 a2 a3 b1 b2 b3');
    expect([names(flows.take(4, (flow) => flow === b)), names(flows.take(4, () => false)), flows.isEmpty, names(flows.take(4, all))]).toEqual(['b1 b2 b3', '', false, 'a1 a2 a3']);
  });

  it('takes all at once for who gives them up', () => {
    const flows = waiting('a1 b1 a2');
    expect([names(flows.takeAll()), flows.isEmpty, names(flows.takeAll())]).toEqual(['a1 a2 b1', true, '']);
  });
});

describe('the flow of a record', () => {
  const fetched = (headers: Record<string, string>): KafkaMessage => Object.assign(Object.create(FetchedRecord.prototype) as object, { header: (name: Buffer) => (headers[String(name)] === undefined ? null : Buffer.from(headers[String(name)]!)) }) as never;
  const flowOf = flowByHeader(['tenant', 'source']);

  it('is the first of the headers that it has', () => {
    expect([flowOf(fetched({ source: 's', tenant: 'acme' })), flowOf(fetched({ source: 's' })), flowOf(fetched({}))]).toEqual(['acme', 's', '']);
  });

  it('keeps values apart that are not UTF-8', () => {
    const [one, other] = [0xfe, 0xff].map((byte) => flowOf(Object.assign(Object.create(FetchedRecord.prototype) as object, { header: () => Buffer.from([byte]) }) as never));
    expect(one).not.toBe(other);
  });

  it('is that of all for a record of a format from before headers', () => {
    expect(flowOf({ headers: { tenant: 'acme' } } as never)).toBe('');
  });
});
