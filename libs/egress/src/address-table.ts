/** A block, and what reserves it. */
type Row = readonly [block: string, reason: string];

/**
 * What is not the public internet. Of the IANA IPv4 Special-Purpose Address Registry (https://www.iana.org/assignments/iana-ipv4-special-registry)
 * every block, whatever its "globally reachable" column says; multicast (RFC 5771); and one address that a cloud serves to each of its guests.
 */
export const deniedIpv4: readonly Row[] = [
  ['0.0.0.0/8', '"this network", RFC 791 §3.2'],
  ['10.0.0.0/8', 'private use, RFC 1918'],
  ['100.64.0.0/10', 'shared address space, RFC 6598'],
  ['127.0.0.0/8', 'loopback, RFC 1122 §3.2.1.3'],
  ['169.254.0.0/16', 'link local and cloud metadata, RFC 3927'],
  ['172.16.0.0/12', 'private use, RFC 1918'],
  ['192.0.0.0/24', 'IETF protocol assignments, RFC 6890 §2.1'],
  ['192.0.2.0/24', 'documentation (TEST-NET-1), RFC 5737'],
  ['192.31.196.0/24', 'AS112, RFC 7535'],
  ['192.52.193.0/24', 'AMT, RFC 7450'],
  ['192.88.99.0/24', '6to4 relay anycast, RFC 7526'],
  ['192.168.0.0/16', 'private use, RFC 1918'],
  ['192.175.48.0/24', 'direct delegation AS112, RFC 7534'],
  ['198.18.0.0/15', 'benchmarking, RFC 2544'],
  ['198.51.100.0/24', 'documentation (TEST-NET-2), RFC 5737'],
  ['203.0.113.0/24', 'documentation (TEST-NET-3), RFC 5737'],
  ['224.0.0.0/4', 'multicast, RFC 5771'],
  ['240.0.0.0/4', 'reserved and limited broadcast, RFC 1112 §4, RFC 919 §7'],
  ['168.63.129.16/32', "Azure's platform services, inside every virtual network"],
];

/**
 * All that is assigned for global unicast (https://www.iana.org/assignments/ipv6-address-space). Whatever lies outside is denied: loopback, IPv4-mapped
 * and -compatible, NAT64 (64:ff9b::/96), unique local, link local, multicast.
 */
export const globalIpv6 = '2000::/3';

/** What of it is not the public internet: IANA IPv6 Special-Purpose Address Registry (https://www.iana.org/assignments/iana-ipv6-special-registry). */
export const deniedIpv6: readonly Row[] = [
  ['2001::/23', 'IETF protocol assignments, Teredo among them, RFC 2928, RFC 4380'],
  ['2001:db8::/32', 'documentation, RFC 3849'],
  ['2002::/16', '6to4: carries an IPv4 address, RFC 3056'],
  ['2620:4f:8000::/48', 'direct delegation AS112, RFC 7534'],
  ['3fff::/20', 'documentation, RFC 9637'],
];
