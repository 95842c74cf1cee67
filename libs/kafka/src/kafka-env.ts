import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { KafkaSettings } from './kafka.js';

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** A path to what is there and may be read. */
const file = z.string().superRefine((path, ctx) => {
  try {
    readFileSync(path);
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: `"${path}" cannot be used: ${error instanceof Error ? error.message : String(error)}` });
  }
});

const settings = z.object({
  KAFKA_BROKERS: z
    .string()
    .min(1)
    .transform((list) => list.split(',').map((broker) => broker.trim())),
  TOPIC_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/)
    .default('nuncio'),
  /** TLS; certificates are verified. A CA or a certificate of one's own turns it on too. */
  KAFKA_SSL: flag.default(false),
  /** PEM files: an authority of one's own; a certificate and its key, where the cluster asks clients for one. */
  KAFKA_SSL_CA_FILE: file.optional(),
  KAFKA_SSL_CERT_FILE: file.optional(),
  KAFKA_SSL_KEY_FILE: file.optional(),
  /** Given: SASL. The password itself, or a file that holds it. */
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_SASL_PASSWORD_FILE: file.optional(),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).default('scram-sha-512'),
});

/** What everybody who talks to the cluster reads from the environment. */
export const KafkaEnv = settings.superRefine((env, ctx) => {
  const needs = (name: keyof typeof env, of: keyof typeof env): void => {
    ctx.addIssue({ code: 'custom', path: [name], message: `${of} needs it` });
  };
  if (env.KAFKA_SSL_KEY_FILE && !env.KAFKA_SSL_CERT_FILE) needs('KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE');
  if (env.KAFKA_SSL_CERT_FILE && !env.KAFKA_SSL_KEY_FILE) needs('KAFKA_SSL_KEY_FILE', 'KAFKA_SSL_CERT_FILE');
  if (env.KAFKA_SASL_USERNAME && !env.KAFKA_SASL_PASSWORD && !env.KAFKA_SASL_PASSWORD_FILE) needs('KAFKA_SASL_PASSWORD', 'KAFKA_SASL_USERNAME');
});
export type KafkaEnv = z.output<typeof KafkaEnv>;

/** `clientId`: what this process is called in the cluster's logs, the name of the service. */
export function kafkaFor(env: KafkaEnv, clientId: string): KafkaSettings {
  const { KAFKA_BROKERS: brokers, TOPIC_PREFIX: topicPrefix, KAFKA_SASL_USERNAME: username } = env;
  const { KAFKA_SSL_CA_FILE: caFile, KAFKA_SSL_CERT_FILE: certFile, KAFKA_SSL_KEY_FILE: keyFile } = env;
  const tls = env.KAFKA_SSL || caFile !== undefined || certFile !== undefined ? { caFile, certFile, keyFile } : undefined;
  const sasl =
    username === undefined ? undefined : { mechanism: env.KAFKA_SASL_MECHANISM, username, password: env.KAFKA_SASL_PASSWORD, passwordFile: env.KAFKA_SASL_PASSWORD_FILE };
  return { brokers, topicPrefix, clientId, tls, sasl };
}
