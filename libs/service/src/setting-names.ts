import { closest, distance } from 'fastest-levenshtein';
import { isSecretSetting } from './key-provider.js';

/** The settings of all processes: what is set for one may be in the environment of another. */
export const SETTINGS: readonly string[] = [
  'ADMIN_API_KEY', 'API_KEY_PEPPER', 'ATTEMPT_LOG_URL', 'AWS_REGION', 'CLIENT_KEYS', 'CONFIG_DATABASE_ROLE', 'CONFIG_SERVICE_URL', 'CONSOLE_DIR',
  'CONSOLE_ONE_CLICK_KEY', 'DATABASE_URL', 'DUPLICATE_WINDOW_SECONDS', 'EGRESS_ALLOW', 'EGRESS_CA_FILE', 'EGRESS_DNS_SERVERS', 'EGRESS_HTTP2',
  'EGRESS_MAX_HANDSHAKES', 'EGRESS_PROXY_URL', 'FAN_OUT_PER_SECOND', 'HOST', 'IDENTITY_PREFIX', 'KAFKA_BROKERS', 'KAFKA_OAUTH_AUDIENCE',
  'KAFKA_OAUTH_AUTH_METHOD', 'KAFKA_OAUTH_CA_FILE', 'KAFKA_OAUTH_CLIENT_ID', 'KAFKA_OAUTH_CLIENT_SECRET', 'KAFKA_OAUTH_EXTENSIONS',
  'KAFKA_OAUTH_SCOPE', 'KAFKA_OAUTH_TOKEN_URL', 'KAFKA_SASL_MECHANISM', 'KAFKA_SASL_PASSWORD', 'KAFKA_SASL_USERNAME', 'KAFKA_SSL', 'KAFKA_SSL_CA_FILE',
  'KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE', 'LOG_DATABASE_ROLE', 'LOG_DATABASE_URL', 'LOG_LEVEL', 'MAX_IN_FLIGHT', 'METRICS_HOST', 'METRICS_PORT',
  'MIGRATE_WAIT_SECONDS', 'NODE_EXTRA_CA_CERTS', 'NOTICES_TO', 'OIDC_AUDIENCE', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_GROUPS_CLAIM',
  'OIDC_ISSUER', 'OIDC_JWKS_URL', 'OIDC_NAME', 'OIDC_ROLES', 'OIDC_ROLES_CLAIM', 'OIDC_SIGN_IN_PARAMS', 'OIDC_TENANT_CLAIM',
  'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_SDK_DISABLED', 'OTEL_SERVICE_NAME',
  'OTEL_TRACES_EXPORTER', 'OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG', 'PORT', 'PORTAL_KEYS', 'PORTAL_LOGO_FILE', 'PORTAL_ORIGINS', 'PORTAL_PUBLIC_KEYS',
  'PRODUCER_LINGER_MS', 'PUBLIC_URL', 'RATE_LIMIT_PER_SECOND', 'REDIS_CA_FILE', 'REDIS_CLUSTER', 'REDIS_PASSWORD', 'REDIS_SENTINELS',
  'REDIS_SENTINEL_NAME', 'REDIS_SENTINEL_PASSWORD', 'REDIS_SENTINEL_SSL', 'REDIS_SENTINEL_USERNAME', 'REDIS_SSL', 'REDIS_URL', 'REDIS_USERNAME',
  'REPLICA_URL', 'RETENTION_DAYS', 'SESSION_KEYS', 'SIGNING_KEYS', 'TOKEN_DEFAULT_LIFE_SECONDS', 'TOKEN_KEYS', 'TOKEN_TIMEOUT_MS', 'TOPIC_MIN_INSYNC',
  'TOPIC_PARTITIONS', 'TOPIC_PREFIX', 'TOPIC_REPLICATION', 'TRACE_CONTEXT_TO_RECEIVERS',
];

const NAMES = [...SETTINGS, ...SETTINGS.filter(isSecretSetting).map((name) => `${name}_FILE`)];

/** Names that begin so are ours. */
const FAMILY = /^(?:KAFKA|REDIS|OIDC|EGRESS|PORTAL|TOPIC)_/;
/** What Kubernetes and Docker put into the environment for a service of the name `kafka` or `redis`. */
const SERVICE_LINK = /_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP)(?:_\w+)?)?|NAME|ENV_\w+)$/;
/** Names as short as HOST have too many neighbours. */
const SHORTEST = 7;

/** A sentence for each variable that looks like a setting and is none, so that it has no effect. */
export function misspeltSettings(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env).flatMap((name) => {
    if (NAMES.includes(name)) return [];
    const bare = name.replace(/^NUNCIO_/, '');
    const nearest = closest(bare, NAMES);
    const away = distance(bare, nearest);
    const isNear = bare.length >= SHORTEST && away <= 2;
    if (!isNear && (SERVICE_LINK.test(name) || !FAMILY.test(name))) return [];
    if (SETTINGS.some((setting) => name === `${setting}_FILE`)) return [`${name} is no setting: what it names cannot be in a file`];
    return [`${name} is no setting${isNear || nearest.startsWith(bare) ? `; did you mean ${nearest}?` : ' (docs/configuration.md)'}`];
  });
}
