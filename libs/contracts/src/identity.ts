/** The services that an installation is made of. */
export const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'] as const;
export type Service = (typeof SERVICES)[number];

/** What a service is called wherever a server knows it by a name of its own, `nuncio_token_service`: Kafka, Redis, PostgreSQL. */
export const identityOf = (prefix: string, service: Service): string => `${prefix}_${service}`.replaceAll('-', '_');
