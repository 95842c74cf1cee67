export type { Answer, Timings } from './answer.js';
export { Egress, type EgressOptions } from './egress.js';
export { type EgressAllow, EgressAllowSetting, nothingAllowed } from './egress-allow.js';
export type { FetchOptions, GuardedFetch } from './guarded-fetch.js';
export { OutboundError } from './outbound-error.js';
export type { OutboundRequest } from './outbound-request.js';
export { type Resolve, systemResolver } from './resolver.js';
export { type TlsIdentity } from './tls-identity.js';
export { checkUrl } from './target.js';
