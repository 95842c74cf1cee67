import { z } from 'zod';
import { isBrokerAddress } from './broker-address.js';
import { certificateFile, isPair, keyFile } from './file-setting.js';
import type { KafkaSettings } from './kafka.js';
import { faultsOfSasl, SaslEnv, saslOf } from './sasl/sasl-env.js';

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

const settings = z.object({
  KAFKA_BROKERS: z
    .string({ error: 'the brokers, host:port, comma list' })
    .transform((list) => list.split(',').map((broker) => broker.trim()))
    .refine((brokers) => brokers.every(isBrokerAddress), 'must be a comma list of host:port'),
  TOPIC_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ -')
    .default('nuncio'),
  /** TLS, with certificates verified. A CA file or a client certificate also turns it on. */
  KAFKA_SSL: flag.default(false),
  /** PEM files: an additional authority; a client certificate and its key, if the cluster asks for one. */
  KAFKA_SSL_CA_FILE: certificateFile.optional(),
  KAFKA_SSL_CERT_FILE: certificateFile.optional(),
  KAFKA_SSL_KEY_FILE: keyFile.optional(),
  ...SaslEnv,
});

/** The settings of every process that connects to the cluster. Their faults are reported with all others. */
export const KafkaEnv = settings.check(
  z.superRefine<z.output<typeof settings>>(
    (env, ctx) => {
      const fault = (name: keyof typeof env, message: string): void => {
        ctx.addIssue({ code: 'custom', path: [name], message });
      };
      if (env.KAFKA_SSL_KEY_FILE && !env.KAFKA_SSL_CERT_FILE) fault('KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE needs it');
      if (env.KAFKA_SSL_CERT_FILE && !env.KAFKA_SSL_KEY_FILE) fault('KAFKA_SSL_KEY_FILE', 'KAFKA_SSL_CERT_FILE needs it');
      if (env.KAFKA_SSL_CERT_FILE && env.KAFKA_SSL_KEY_FILE && !isPair(env.KAFKA_SSL_CERT_FILE, env.KAFKA_SSL_KEY_FILE)) fault('KAFKA_SSL_KEY_FILE', 'is not the key of the certificate in KAFKA_SSL_CERT_FILE');
      faultsOfSasl(env, fault);
      if (env.KAFKA_SASL_MECHANISM === 'aws-msk-iam' && !tlsOf(env)) fault('KAFKA_SSL', 'KAFKA_SASL_MECHANISM aws-msk-iam needs it');
    },
    { when: () => true },
  ),
);
export type KafkaEnv = z.output<typeof KafkaEnv>;

/** `clientId`: the name of this process in the cluster's logs, which is the name of the service. */
export function kafkaFor(env: KafkaEnv, clientId: string): KafkaSettings {
  const tls = tlsOf(env);
  return { brokers: env.KAFKA_BROKERS, topicPrefix: env.TOPIC_PREFIX, clientId, tls, sasl: saslOf(env, tls !== undefined) };
}

function tlsOf({ KAFKA_SSL, KAFKA_SSL_CA_FILE: caFile, KAFKA_SSL_CERT_FILE: certFile, KAFKA_SSL_KEY_FILE: keyFile }: z.output<typeof settings>): KafkaSettings['tls'] {
  return KAFKA_SSL || caFile !== undefined || certFile !== undefined ? { caFile, certFile, keyFile } : undefined;
}
