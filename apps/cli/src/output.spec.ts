import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { deliveryPage } from './delivery-page.js';
import { fields, outputOf, print, printJson, show, table, tell } from './output.js';

/**
 * Control characters: set a title, clear the screen, move up (C0 and C1), end a line, reverse the direction of text.
 */
const EVIL = 'a\u001b]0;mine\u0007b\u001b[2Jc\u009b1Ad\re\u202ef\u2066g\u2028h\u007fi\bj';
const person = outputOf(false, {}, true);
const program = outputOf(true, {}, false);

describe('what a stranger has named', () => {
  let out = '';
  const written = (chunk: unknown): boolean => {
    out += String(chunk);
    return true;
  };
  beforeEach(() => {
    out = '';
    jest.spyOn(process.stdout, 'write').mockImplementation(written);
    jest.spyOn(process.stderr, 'write').mockImplementation(written);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each<[string, () => void]>([
    ['a table', () => { print(table([{ name: EVIL }], ['name'], person)); }],
    ['all fields', () => { print(fields({ name: EVIL })); }],
    ['a refusal', () => { tell(`there is no callback "${EVIL}"`); }],
    ['a sentence', () => { show({}, person, () => `Deliveries of ${EVIL}`); }],
    ['JSON', () => { printJson({ [EVIL]: EVIL }); }],
    ['a delivery', () => { print(deliveryPage({ id: 'dlv_1', status: 'failed', explanation: EVIL, eventType: EVIL, event: 'evt_1', tenant: EVIL, callback: EVIL, subscription: EVIL, timeline: [{ at: EVIL, fact: EVIL, number: 1, reason: EVIL, outcome: EVIL, requestedBy: EVIL }], attempts: [{ number: 1, startedAt: EVIL, outcome: EVIL, request: { method: EVIL, url: EVIL, headers: { [EVIL]: EVIL } }, response: { status: 200, body: EVIL }, error: { class: EVIL, detail: EVIL }, advice: EVIL, timingsMs: { total: 1 } }] }, person)); }],
  ])('sends no control sequence to a terminal, in %s', (_, say) => {
    say();
    // eslint-disable-next-line no-control-regex -- our own colours
    expect(out.replaceAll(/\u001b\[(?:31|32|33|36|39)m/g, '')).toMatch(/^[^\p{Cc}\p{Bidi_Control}\u2028]*(?:\n[^\p{Cc}\p{Bidi_Control}\u2028]*)*$/u);
    expect(out).toContain('mine');
  });

  it('cannot write a line of its own', () => {
    print(table([{ name: 'a\ncb_2  mine' }], ['name'], person));
    print(fields({ requestedBy: 'portal:x\nstatus  delivered' }));
    expect(out.trimEnd().split('\n')).toHaveLength(3);
  });

  it('reaches a program unchanged', () => {
    show({ name: EVIL }, program, () => '');
    expect(JSON.parse(out)).toEqual({ name: EVIL });
  });
});

it('is written only by output.ts, which escapes it; a progress bar redraws its own line', () => {
  const writers = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && /\.write\(|console\./.test(readFileSync(join(import.meta.dirname, file), 'utf8').replace(`process.stderr.write('API key, then Enter and Ctrl-D: ')`, '')));
  expect(writers.sort()).toEqual(['output.ts', 'progress.ts']);
});

it('shows as many columns as fit in the terminal, and all of them elsewhere', () => {
  const rows = [{ id: 'dlv_1', state: 'held', name: 'x'.repeat(30) }];
  const widest = (width?: number): number => Math.max(...table(rows, ['id', 'state', 'name'], { isJson: false, isColoured: false, ...(width !== undefined && { width }) }).split('\n').map((one) => one.length));
  expect([widest(), widest(44), widest(43), widest(20), widest(3)]).toEqual([44, 44, 12, 12, 5]);
});
