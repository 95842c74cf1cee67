export type { Answer, Timings } from './answer.js';
export { Egress, type EgressOptions } from './egress.js';
export { type EgressAllow, EgressAllowSetting } from './egress-allow.js';
export { EgressEnv, egressOptions } from './egress-env.js';
export type { EgressProxy } from './egress-proxy.js';
export type { OutboundRequest } from './outbound-request.js';
export { type Resolve, systemResolver } from './resolver.js';
export { type TlsIdentity } from './tls-identity.js';
export { checkUrl } from './target.js';
