import { z } from 'zod';
import { descriptorsWithin, openFilesLimit } from './descriptors.js';
import { DnsServersSetting } from './dns-servers.js';
import { type EgressOptions, MAX_HANDSHAKES } from './egress.js';
import { EgressAllowSetting } from './egress-allow.js';
import { EgressProxySetting } from './egress-proxy.js';
import { ExtraCaSetting } from './extra-ca.js';
import { MAX_IDLE } from './pool.js';
import { systemResolver } from './resolver.js';

/** The settings of a service that calls hosts named by tenants. */
export const EgressEnv = z.object({
  EGRESS_ALLOW: EgressAllowSetting,
  EGRESS_PROXY_URL: EgressProxySetting,
  EGRESS_CA_FILE: ExtraCaSetting,
  /** Node.js trusts these by itself, but says nothing if it cannot read them. */
  NODE_EXTRA_CA_CERTS: ExtraCaSetting,
  /** The DNS servers for hosts named by tenants. */
  EGRESS_DNS_SERVERS: DnsServersSetting,
  /** Whether to use HTTP/2 if an endpoint offers it. */
  EGRESS_HTTP2: z.enum(['true', 'false']).default('true'),
  /** The most TLS handshakes in progress. */
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
