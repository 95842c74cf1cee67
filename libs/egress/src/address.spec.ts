import { describe, expect, it } from '@jest/globals';
import { type Address, contains, formatAddress, parseAddress, parseBlock, sameAddress } from './address.js';

const words = (text: string): string[] => text.trim().split(/\s+/);
const address = (text: string): Address => parseAddress(text)!;

describe('parseAddress', () => {
  it('reads canonical spellings and nothing else', () => {
    expect([...address('192.0.2.1')]).toEqual([192, 0, 2, 1]);
    expect([...address('2001:db8::1')]).toEqual([0x20, 1, 0x0d, 0xb8, ...Array<number>(11).fill(0), 1]);
    expect([...address('::ffff:1.2.3.4')]).toEqual([...Array<number>(10).fill(0), 255, 255, 1, 2, 3, 4]);
    for (const text of [
      '',
      '1.2.3.4 ',
      ...words('127.1 0x7f.0.0.1 0177.0.0.1 2130706433 1.2.3 1.2.3.4.5 256.1.1.1 fe80::1%eth0 ::: [::1] localhost １.1.1.1'),
    ])
      expect([text, parseAddress(text)]).toEqual([text, null]);
  });

  it('is undone by formatAddress', () => {
    for (const text of words('0.0.0.0 192.0.2.1 255.255.255.255 :: ::1 2001:db8::7 fe80::1:0:0:1')) expect(formatAddress(address(text))).toBe(text);
  });
});

describe('parseBlock', () => {
  it('reads a prefix of every length, and an address as a block of one', () => {
    expect(parseBlock('10.0.0.0/8')).toEqual({ base: address('10.0.0.0'), prefix: 8 });
    expect(parseBlock('0.0.0.0/0')?.prefix).toBe(0);
    expect(parseBlock('10.0.0.1/32')?.prefix).toBe(32);
    expect(parseBlock('10.0.0.1')).toEqual({ base: address('10.0.0.1'), prefix: 32 });
    expect(parseBlock('fd00::/8')?.prefix).toBe(8);
    expect(parseBlock('2001:db8::1')?.prefix).toBe(128);
    expect(parseBlock('2001:db8::1/128')?.prefix).toBe(128);
  });

  it('refuses bits after the prefix, both the first one and the last', () => {
    for (const text of words('10.1.0.0/8 128.0.0.0/0 10.0.0.1/31 10.128.0.0/8 192.0.2.64/25 2001:db8::1/127 fd00:8000::/16 1.0.0.0/7'))
      expect([text, parseBlock(text)]).toEqual([text, null]);
    for (const text of words('192.0.2.128/25 192.0.2.64/26 10.0.0.2/31 2.0.0.0/7 2001:db8::2/127')) expect(parseBlock(text)).not.toBeNull();
  });

  it('refuses other text', () => {
    for (const text of ['', ...words('/8 /10.0.0.0/8 10.0.0.0/ 10.0.0.0/33 10.0.0.0/-1 10.0.0.0/8/8 10.0.0.0/08x ::/129 ::/1000 x10.0.0.0/8 10.0.0.0/8x 10.0.0/8')])
      expect([text, parseBlock(text)]).toEqual([text, null]);
  });
});

describe('contains', () => {
  it('compares only the bits of the prefix, within one family', () => {
    const inside = (block: string, text: string): boolean => contains(parseBlock(block)!, address(text));
    expect(inside('192.0.2.64/26', '192.0.2.64')).toBe(true);
    expect(inside('192.0.2.64/26', '192.0.2.127')).toBe(true);
    expect(inside('192.0.2.64/26', '192.0.2.63')).toBe(false);
    expect(inside('192.0.2.64/26', '192.0.2.128')).toBe(false);
    expect(inside('192.0.2.64/26', '192.1.2.64')).toBe(false);
    expect(inside('192.0.2.0/24', '192.0.3.0')).toBe(false);
    expect(inside('192.0.2.0/24', '192.0.2.255')).toBe(true);
    expect(inside('0.0.0.0/0', '255.1.2.3')).toBe(true);
    expect(inside('::/0', '1.2.3.4')).toBe(false);
    expect(inside('0.0.0.0/0', '::1')).toBe(false);
    expect(inside('2001:db8::/33', '2001:db8:7fff::')).toBe(true);
    expect(inside('2001:db8::/33', '2001:db8:8000::')).toBe(false);
    expect(sameAddress(address('1.2.3.4'), address('1.2.3.4'))).toBe(true);
    expect(sameAddress(address('1.2.3.4'), address('1.2.3.5'))).toBe(false);
    expect(sameAddress(address('1.2.3.4'), address('::ffff:1.2.3.4'))).toBe(false);
  });
});
