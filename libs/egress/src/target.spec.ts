import { describe, expect, it } from '@jest/globals';
import { EgressAllowSetting, nothingAllowed } from './egress-allow.js';
import { checkUrl, parseTarget } from './target.js';

const words = (text: string): string[] => text.trim().split(/\s+/);

const refusedHosts = [
  // Loopback and others in the spellings that a URL parser repairs.
  ...words(`
    127.0.0.1 127.1 127.0.1 0x7f.1 0x7f.0.0.1 0x7f000001 0X7F.0.0.1 2130706433 017700000001 0177.0.0.1 0177.1 00000177.0.0.1 127.000.000.001
    127.0.0.1. 0x7f.0x0.0x0.0x1 １２７.0.0.1 127。0。0。1 127．0．0．1 ①②⑦.⓪.⓪.① %31%32%37.0.0.1 127.0.0.%31 127%2e0%2e0%2e1 127.0.0.1%00 127.0.0.1%20
    0 0x0 4294967295 10.1 0xa.1 012.0.0.1 0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.43518 192.168.257 0xc0a80001`),
  // IPv4 that is not the public internet.
  ...words(`
    0.0.0.0 10.0.0.1 100.64.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1
    192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16`),
  // IPv6: outside global unicast, special blocks, embedded IPv4, spellings that are not canonical.
  ...words(`
    [::] [::1] [0:0:0:0:0:0:0:1] [0000::0001] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [::7f00:1] [::ffff:8.8.8.8] [::ffff:0:7f00:1]
    [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::1] [100::1] [2001::1] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001:db8::1] [2002:7f00:1::]
    [2002:7f00:0001::1] [2620:4f:8000::1] [3fff::1] [fc00::1] [fd00:ec2::254] [fe80::1] [fe80::1%25eth0] [fe80::1%eth0] [fec0::1] [ff02::1]
    [2606:4700::5efe:7f00:1] [2606:4700::200:5efe:a00:1] [2606:4700:0:0::1111] [2606:4700::0001] [v1.x] [::1 ::1 []`),
  // Names that are not on the public internet, or not what they look like.
  ...words(`
    localhost LOCALHOST localhost. intranet kubernetes metadata.google.internal x.localhost printer.local db.internal router.home.arpa home.arpa
    hidden.onion x.invalid x.test x.example customer.com. ｅxample.com customer。com customer.ｃom cust%6fmer.com ⓛocalhost localhost%2ecom
    a_b a!b.com a'b.com a$b.com a,b.com -a.com a-.com a..com .com customer.com- 8.0 8.0.0 xn--.com user@customer.com user:pw@customer.com @customer.com
    customer.com@10.0.0.1 customer.com\\@10.0.0.1 ${'a'.repeat(64)}.com ${'a.'.repeat(127)}com`),
  ...['', ' customer.com', 'cust omer.com', 'cust\tomer.com', 'cust\nomer.com', 'cust\u00adomer.com', 'cust\u200bomer.com'],
];

const refusedUrls = [
  ...words(`
    http://customer.com/ ftp://customer.com/ file:///etc/passwd gopher://customer.com/ javascript:alert(1) data:,x ws://customer.com/ customer.com
    //customer.com/ /hook https: https:// https:/// https:/customer.com/ https:customer.com https:\\\\customer.com https:///customer.com/
    https://customer.com\\x https://customer.com/a\\b https://customer.com/# https://customer.com/#x https://customer.com#x https://customer.com?#
    https://customer.com:-1/ https://customer.com:0x1bb/ https://customer.com:65536/`),
  ...[0, 22, 25, 2375, 3306, 5432, 6379, 6667, 9200, 10250, 11211, 27017].map((port) => `https://customer.com:${port}/`),
  ...['', ' https://customer.com/', 'https://customer.com/ ', 'https://customer.com/a b', 'https://customer.com/\n', 'https://customer.com/\u0000'],
  'https://customer.com:4 43/',
];

describe('checkUrl', () => {
  it(`refuses ${refusedHosts.length} hosts that are not on the public internet, or are not what they look like`, () => {
    expect(refusedHosts.length).toBeGreaterThan(100);
    expect(refusedHosts.filter((host) => checkUrl(`https://${host}/hook`, nothingAllowed).ok)).toEqual([]);
  });

  it(`refuses ${refusedUrls.length} URLs that are not plain https to a web server's port`, () => {
    expect(refusedUrls.filter((url) => checkUrl(url, nothingAllowed).ok)).toEqual([]);
  });

  it.each([
    ['https://customer.com', 'https://customer.com/'],
    ['https://customer.com/hook?tenant=a&x=%20', 'https://customer.com/hook?tenant=a&x=%20'],
    ['HTTPS://Customer.COM:443/Hook', 'https://customer.com/Hook'],
    ['https://customer.com:8443/', 'https://customer.com:8443/'],
    ['https://customer.com?x=1', 'https://customer.com/?x=1'],
    ['https://customer.com/a@b', 'https://customer.com/a@b'],
    ['https://customer.com/ü', 'https://customer.com/%C3%BC'],
    ['https://bücher.customer.com/', 'https://xn--bcher-kva.customer.com/'],
    ['https://xn--bcher-kva.customer.com/', 'https://xn--bcher-kva.customer.com/'],
    ['https://例え.jp/', 'https://xn--r8jz45g.jp/'],
    ['https://web_hook.customer.com/', 'https://web_hook.customer.com/'],
    ['https://1.1.1.1/', 'https://1.1.1.1/'],
    ['https://[2606:4700:4700::1111]/', 'https://[2606:4700:4700::1111]/'],
    ['https://127.0.0.1.customer.com/', 'https://127.0.0.1.customer.com/'],
    ['https://x.y/', 'https://x.y/'],
    ['https://myhome.arpa/', 'https://myhome.arpa/'],
    ['https://home.arpa.customer.com/', 'https://home.arpa.customer.com/'],
    ['https://x.local.customer.com/', 'https://x.local.customer.com/'],
    ['https://local.customer.com/', 'https://local.customer.com/'],
  ])('accepts %s', (url, normalised) => {
    expect(checkUrl(url, nothingAllowed)).toEqual({ ok: true, url: normalised });
  });

  it.each([
    ['http://customer.com/', 'must begin with https://'],
    ['ftp://customer.com/', 'must begin with https://'],
    ['xhttps://u@customer.com/#x', 'must begin with https://'],
    ['https://u:p@customer.com/', 'must not carry a user name or password'],
    ['http://u@customer.com/', 'must not carry a user name or password'],
    ['http:/customer.com/', 'is not a valid URL'],
    ['https://cust omer.com/?https://u@x', 'is not a valid URL'],
    ['https://customer.com:65536/', 'is not a valid URL'],
    ['https://customer.com./', 'must not end its host with a dot'],
    ['https://intranet/', 'must name a host of the public internet'],
    ['https://a!b.com/', 'must name a host of letters, digits, hyphens and dots'],
    ['https://customer.com/#x', 'must not have a fragment'],
    ['https://0x7f.1/', 'must spell its host as "127.0.0.1"'],
    ['https://10.0.0.1/', 'must not name an address outside the public internet'],
    ['https://db.internal/', 'must name a host of the public internet'],
    ['https://customer.com:6379/', 'must not name port 6379'],
  ])('says of %s that it %s', (url, detail) => {
    expect(checkUrl(url, nothingAllowed)).toEqual({ ok: false, detail });
  });

  it('allows what the operator allows, by plain http and on any port', () => {
    const allow = EgressAllowSetting.parse('127.0.0.0/8,::1,10.0.0.1:6379,localhost,receiver.internal:25');
    const accepted = [
      'http://127.0.0.1:6379/',
      'https://127.0.0.2/',
      'http://[::1]:9/',
      'http://10.0.0.1:6379/',
      'http://localhost:3000/',
      'https://localhost/',
      'http://receiver.internal:25/',
    ];
    const refused = [
      'http://10.0.0.1/',
      'http://10.0.0.2:6379/',
      'http://x.localhost/',
      'http://receiver.internal/',
      'http://0x7f.1/',
      'http://localhost./',
      'http://customer.com/',
      'http://u@localhost/',
      'http://[::ffff:127.0.0.1]/',
    ];
    expect(accepted.filter((url) => !checkUrl(url, allow).ok)).toEqual([]);
    expect(refused.filter((url) => checkUrl(url, allow).ok)).toEqual([]);
  });

  it.each([
    ["https://customer.com/it's?name='it''s'&x", "https://customer.com/it's?name='it''s'&x"],
    ["https://customer.com/a?'\"<>ü|{}^`[]%27%zz+;?/:@!$&()*,=~", "https://customer.com/a?'%22%3C%3E%C3%BC|{}^`[]%27%zz+;?/:@!$&()*,=~"],
    ['https://customer.com/a?"<>ü|{}^`%27', 'https://customer.com/a?%22%3C%3E%C3%BC|{}^`%27'],
    ['https://customer.com/"<>ü|;=@!$&\'()*+,~%2F', "https://customer.com/%22%3C%3E%C3%BC|;=@!$&'()*+,~%2F"],
    ['https://customer.com/a?', 'https://customer.com/a?'],
    ["https://customer.com?'", "https://customer.com/?'"],
  ])('keeps of %s what a URI may contain, and sends the path of the URL that is signed and shown', (url, kept) => {
    const parsed = parseTarget(url, nothingAllowed);
    expect(parsed).toMatchObject({ ok: true, target: { url: kept, origin: 'https://customer.com', path: kept.slice('https://customer.com'.length) } });
    expect(parseTarget(kept, nothingAllowed)).toEqual(parsed);
  });

  it('separates path and query from the origin', () => {
    const parsed = parseTarget('https://Customer.com:8443/a?b=c', nothingAllowed);
    expect(parsed).toMatchObject({
      ok: true,
      target: { origin: 'https://customer.com:8443', host: 'customer.com', port: 8443, path: '/a?b=c', secure: true, address: null },
    });
  });
});
