import { describe, expect, it } from '@jest/globals';
import { type Address, parseAddress } from './address.js';
import { isPublic } from './classify.js';

const words = (text: string): string[] => text.trim().split(/\s+/);
const address = (text: string): Address => parseAddress(text)!;

describe('isPublic', () => {
  it('allows only global unicast of IPv6', () => {
    for (const text of words(`
        :: ::1 ::7f00:1 ::ffff:8.8.8.8 ::ffff:7f00:1 ::ffff:0:7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 1fff:ffff::1 4000:: 5f00::1 fc00::1
        fd00:ec2::254 fe80::1 fec0::1 ff02::1`))
      expect([text, isPublic(address(text))]).toEqual([text, false]);
  });

  it('denies an ISATAP identifier by the IPv4 address that it contains', () => {
    expect(isPublic(address('2606:4700::5efe:127.0.0.1'))).toBe(false);
    expect(isPublic(address('2606:4700::200:5efe:10.0.0.1'))).toBe(false);
    expect(isPublic(address('2606:4700::5efe:8.8.8.8'))).toBe(true);
    // Not ISATAP: one bit differs, in each byte of the identifier.
    for (const text of words('2606:4700::5eff:7f00:1 2606:4700::5ffe:7f00:1 2606:4700::15e:7f00:1 2606:4700::1:5efe:7f00:1 2606:4700::100:5efe:7f00:1'))
      expect([text, isPublic(address(text))]).toEqual([text, true]);
  });

  it('allows the addresses of the public internet', () => {
    for (const text of words(`
        1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255
        198.17.255.255 198.20.0.0 223.255.255.255 168.63.129.15 168.63.129.17 2001:200::1 2001:4860:4860::8888 2606:4700:4700::1111
        2a00:1450::1 2620:4f:8001::1 3ffe::1`))
      expect([text, isPublic(address(text))]).toEqual([text, true]);
  });
});
