import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { showAttempt, type ShownAttempt } from '../query/attempts/attempt.js';
import { encodeCursor, type Paging } from '../query/filters/filter.js';
import type { Page } from '../query/select.js';
import { attempted, ofDelivery } from '../testing/facts.js';
import { csvHeader, csvRow } from './csv.js';
import { exportOf } from './export.js';

const of = ofDelivery();
const attempt = (number: number, body = 'busy'): ShownAttempt =>
  showAttempt(attempted(of, number, { response: { status: 503, headers: {}, body, bodyEncoding: 'utf8', bodyTruncated: false } }));

/** `count` pages of one attempt each, and the pages that were asked for. */
function pages(count: number) {
  const asked: Paging[] = [];
  const page = async (paging: Paging): Promise<Page<ShownAttempt>> => {
    asked.push(paging);
    const at = new Date(of.eventAt - asked.length).toISOString();
    return { items: [attempt(asked.length)], next: asked.length < count ? encodeCursor({ at, id: `att_${asked.length}` }) : null };
  };
  return { asked, page };
}

it('reads all pages, each from where the last one ended', async () => {
  const { asked, page } = pages(3);
  const file = await exportOf('ndjson', { first: page, next: page, isStill: () => Promise.resolve(true) }, undefined);
  const lines = (await text(file.getStream())).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as ShownAttempt).number)).toEqual([1, 2, 3]);
  expect(asked.map(({ cursor }) => cursor?.id)).toEqual([undefined, 'att_1', 'att_2']);
});

it('fetches no more pages than the reader consumes', async () => {
  const { asked, page } = pages(1_000_000);
  const stream = (await exportOf('ndjson', { first: page, next: page, isStill: () => Promise.resolve(true) }, undefined)).getStream();
  stream.read(0);
  await new Promise((resolve) => stream.once('readable', resolve));
  for (let turn = 0; turn < 1_000; turn++) await Promise.resolve();
  expect(asked.length).toBeLessThan(100);
  stream.destroy();
});

it('writes as many CSV cells as the header has, whatever the receiver answered', () => {
  const width = csvHeader.split(',').length;
  expect(csvRow(attempt(1)).split(',')).toHaveLength(width);
  expect(csvRow(attempt(1, 'a "quoted", text\n'))).toMatch(/,"a ""quoted"", text\n"\r\n$/);
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])('makes %j harmless in a spreadsheet', (body) => {
  expect(csvRow(attempt(1, body))).toMatch(/,"?'[^']+"?\r\n$/s);
});
