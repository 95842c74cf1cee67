import type { Service } from '@nuncio/contracts';
import { nameOf, urlAs } from './identities.js';
import type { Keys } from './keys.js';
import type { EnvOf } from './running-services.js';
import type { StackAddresses } from './stack.js';

/** The settings that each service gets: only those it needs, since a process cannot leak what it does not have. */
const NEEDS = {
  'config-service': ['DATABASE_URL', 'SIGNING_KEYS', 'CLIENT_KEYS', 'API_KEY_PEPPER', 'ADMIN_API_KEY', 'EGRESS_ALLOW', 'PUBLIC_URL', 'PORTAL_KEYS', 'PORTAL_PUBLIC_KEYS'],
  'token-service': ['REDIS_URL', 'CLIENT_KEYS', 'TOKEN_KEYS', 'EGRESS_ALLOW', 'EGRESS_PROXY_URL', 'EGRESS_CA_FILE'],
  dispatcher: ['REDIS_URL', 'SIGNING_KEYS', 'TOKEN_KEYS', 'EGRESS_ALLOW', 'EGRESS_PROXY_URL', 'EGRESS_CA_FILE'],
  'attempt-log': ['DATABASE_URL', 'API_KEY_PEPPER', 'PORTAL_PUBLIC_KEYS'],
  gateway: ['API_KEY_PEPPER', 'SESSION_KEYS', 'PUBLIC_URL', 'PORTAL_PUBLIC_KEYS', 'PORTAL_ORIGINS', 'OIDC_CLIENT_SECRET', 'CONFIG_SERVICE_URL', 'ATTEMPT_LOG_URL'],
} as const satisfies Record<Service, readonly (keyof Settings)[]>;

interface Settings extends Keys {
  DATABASE_URL: string;
  REDIS_URL: string;
  EGRESS_ALLOW: string;
  EGRESS_PROXY_URL: string | undefined;
  EGRESS_CA_FILE: string | undefined;
  CONFIG_SERVICE_URL: string;
  ATTEMPT_LOG_URL: string;
  PUBLIC_URL: string;
  PORTAL_ORIGINS: string;
  OIDC_CLIENT_SECRET: string | undefined;
}

/** The names of a service's settings, without Kafka's, which all of them have. */
export const settingsNeededBy = (service: Service): readonly string[] => NEEDS[service];

export interface Installation {
  readonly stack: StackAddresses;
  readonly topicPrefix: string;
  readonly keys: Keys;
  readonly ports: Readonly<Record<Service, number>>;
  /** Overrides the generated settings. */
  readonly env: Readonly<Record<string, string>>;
  /** Overrides `env`. */
  readonly envOf: EnvOf;
}

const LOOPBACK = '127.0.0.1';
// On one machine, receivers and authorization servers are on loopback, which services may call only if it is allowed.
const EGRESS_ALLOW = '127.0.0.0/8,::1,localhost';
// On one machine, pages that show the portal: of another site than the API, which is called by address.
const PORTAL_ORIGINS = 'http://localhost:*';

export const urlOf = (port: number): string => `http://${LOOPBACK}:${port}`;

/** The environment of one service, without its `PORT`, which the caller adds. */
export function settingsOf(service: Service, { stack, topicPrefix, keys, ports, env, envOf }: Installation): NodeJS.ProcessEnv {
  const all: Settings = {
    ...keys,
    DATABASE_URL: urlAs(service, stack.databaseUrl, stack.identities?.database),
    REDIS_URL: urlAs(service, stack.redisUrl, stack.identities?.redis),
    EGRESS_ALLOW: process.env.EGRESS_ALLOW ?? EGRESS_ALLOW,
    EGRESS_PROXY_URL: process.env.EGRESS_PROXY_URL,
    EGRESS_CA_FILE: process.env.EGRESS_CA_FILE,
    CONFIG_SERVICE_URL: urlOf(ports['config-service']),
    ATTEMPT_LOG_URL: urlOf(ports['attempt-log']),
    PUBLIC_URL: urlOf(ports.gateway),
    PORTAL_ORIGINS: process.env.PORTAL_ORIGINS ?? PORTAL_ORIGINS,
    OIDC_CLIENT_SECRET: process.env.OIDC_CLIENT_SECRET,
  };
  const needed = Object.fromEntries(NEEDS[service].map((name) => [name, all[name]]));
  const kafka = stack.identities?.kafka;
  const sasl = kafka && { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: nameOf(service), KAFKA_SASL_PASSWORD: kafka[service] };
  return { ...surroundings(), ...stack.settings, ...sasl, HOST: LOOPBACK, KAFKA_BROKERS: stack.brokers, TOPIC_PREFIX: topicPrefix, ...needed, ...env, ...envOf[service] };
}

/** The environment of this process without secrets of services, and without options for this Node.js. */
export function surroundings(): NodeJS.ProcessEnv {
  const ours = new Set<string>(['NODE_OPTIONS', 'NUNCIO_IDENTITIES', 'NUNCIO_FLEET', ...Object.values(NEEDS).flat()]);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.has(name)));
}
