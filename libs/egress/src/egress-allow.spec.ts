import { describe, expect, it } from '@jest/globals';
import { parseAddress } from './address.js';
import { allowsAddress, allowsName, EgressAllowSetting, nothingAllowed } from './egress-allow.js';

const address = (text: string) => parseAddress(text)!;

describe('EGRESS_ALLOW', () => {
  it('allows nothing when it is absent or empty', () => {
    expect(EgressAllowSetting.parse(undefined)).toEqual(nothingAllowed);
    expect(EgressAllowSetting.parse('')).toEqual(nothingAllowed);
  });

  it('reads ranges, addresses and names, each with or without a port', () => {
    const allow = EgressAllowSetting.parse('127.0.0.0/8, 10.1.2.3:8080,::1, [fd00::/8]:8443 ,[fd01::1],Receiver.Internal, localhost:9000');
    expect(allowsAddress(allow, address('127.255.0.1'), 1)).toBe(true);
    expect(allowsAddress(allow, address('128.0.0.1'), 1)).toBe(false);
    expect(allowsAddress(allow, address('10.1.2.3'), 8080)).toBe(true);
    expect(allowsAddress(allow, address('10.1.2.3'), 80)).toBe(false);
    expect(allowsAddress(allow, address('::1'), 5)).toBe(true);
    expect(allowsAddress(allow, address('::ffff:127.0.0.1'), 5)).toBe(false);
    expect(allowsAddress(allow, address('fdff::1'), 8443)).toBe(true);
    expect(allowsAddress(allow, address('fdff::1'), 443)).toBe(false);
    expect(allowsAddress(allow, address('fd01::1'), 443)).toBe(true);
    expect(allowsName(allow, 'receiver.internal', 80)).toBe(true);
    expect(allowsName(allow, 'sub.receiver.internal', 80)).toBe(false);
    expect(allowsName(allow, 'localhost', 9000)).toBe(true);
    expect(allowsName(allow, 'localhost', 9001)).toBe(false);
  });

  it('reads ports from 1 to 65535 and names of one letter', () => {
    const allow = EgressAllowSetting.parse('a.b:1,c:65535');
    expect([allowsName(allow, 'a.b', 1), allowsName(allow, 'c', 65_535), allowsName(allow, 'a.b', 2)]).toEqual([true, true, false]);
  });

  it('names every entry that it cannot read', () => {
    const unreadable = ['a.'.repeat(127) + 'com', '10.0.0.0/33', '10.1.0.0/8', '10.0.0', '1.2.3.4:0', '1.2.3.4:65536', 'name:port', '[::1', 'a b', '*', 'http://x', '127.1', '-x-'];
    const result = EgressAllowSetting.safeParse(`ok.example,${unreadable.join(',')}`);
    expect(result.error?.issues.map((issue) => /^"(.*?)"/.exec(issue.message)?.[1])).toEqual(unreadable);
  });
});
