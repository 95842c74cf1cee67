import { z } from 'zod';
import type { EgressOptions } from './egress.js';
import { EgressAllowSetting } from './egress-allow.js';
import { EgressProxySetting } from './egress-proxy.js';
import { ExtraCaSetting } from './extra-ca.js';

/** The settings of a service that calls hosts which a tenant names. */
export const EgressEnv = z.object({
  EGRESS_ALLOW: EgressAllowSetting,
  EGRESS_PROXY_URL: EgressProxySetting,
  EGRESS_CA_FILE: ExtraCaSetting,
});

export const egressOptions = (env: z.output<typeof EgressEnv>): EgressOptions => ({
  allow: env.EGRESS_ALLOW,
  proxy: env.EGRESS_PROXY_URL,
  extraCa: env.EGRESS_CA_FILE,
});
