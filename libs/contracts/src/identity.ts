/** The services that an installation is made of. */
export const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'] as const;
export type Service = (typeof SERVICES)[number];

/** A service's user name at Kafka, Redis and PostgreSQL: `nuncio_token_service`. */
export const identityOf = (prefix: string, service: Service): string => `${prefix}_${service}`.replaceAll('-', '_');
