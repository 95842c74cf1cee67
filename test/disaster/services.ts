/** In the order in which they are started again. */
export const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'];
