import { z } from 'zod';
import { descriptorsWithin, openFilesLimit } from './descriptors.js';
import { DnsServersSetting } from './dns-servers.js';
import { type EgressOptions, MAX_HANDSHAKES } from './egress.js';
import { EgressAllowSetting } from './egress-allow.js';
import { EgressProxySetting } from './egress-proxy.js';
import { ExtraCaSetting } from './extra-ca.js';
import { MAX_IDLE } from './pool.js';
import { systemResolver } from './resolver.js';

/** The settings of a service that calls hosts which a tenant names. */
export const EgressEnv = z.object({
  EGRESS_ALLOW: EgressAllowSetting,
  EGRESS_PROXY_URL: EgressProxySetting,
  EGRESS_CA_FILE: ExtraCaSetting,
  /** Node trusts them by itself, and goes on without a word where it cannot read them. */
  NODE_EXTRA_CA_CERTS: ExtraCaSetting,
  /** The DNS servers for the hosts that tenants name. */
  EGRESS_DNS_SERVERS: DnsServersSetting,
  /** Whether HTTP/2 is spoken to endpoints that offer it. */
  EGRESS_HTTP2: z.enum(['true', 'false']).default('true'),
  /** TLS handshakes in progress at a time. */
  EGRESS_MAX_HANDSHAKES: z.coerce.number().int().min(1).max(10_000).default(MAX_HANDSHAKES),
});

export const egressOptions = (env: z.output<typeof EgressEnv>): EgressOptions => ({
  allow: env.EGRESS_ALLOW,
  proxy: env.EGRESS_PROXY_URL,
  extraCa: env.EGRESS_CA_FILE,
  resolve: systemResolver(env.EGRESS_DNS_SERVERS),
  http2: env.EGRESS_HTTP2 === 'true',
  maxHandshakes: env.EGRESS_MAX_HANDSHAKES,
  maxIdle: Math.min(MAX_IDLE, descriptorsWithin(openFilesLimit()).idle),
});
