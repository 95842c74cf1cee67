import { SERVICES } from '@nuncio/contracts';
import { type Identities, nameOf } from './identities.js';
import type { TlsFiles } from './server-context.js';

/** The super user, which creates topics and ACLs. */
export const KAFKA_ADMIN = 'nuncio';

/** Arguments for formatting the data: a SCRAM password for each service. */
export const kafkaUsers = (identities: Identities): string[] =>
  SERVICES.flatMap((service) => ['--add-scram', `SCRAM-SHA-512=[name=${nameOf(service)},password=${identities[service]}]`]);

/**
 * Properties that override the plain ones: clients connect only by TLS and SASL, and may do what ACLs allow. Connections between brokers stay
 * plain.
 */
export const secured = (tls: TlsFiles, port: number, brokerPort: number, controllerPort: number, adminPassword: string): string => `
listeners=CLIENT://127.0.0.1:${port},BROKER://127.0.0.1:${brokerPort},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=CLIENT://127.0.0.1:${port},BROKER://127.0.0.1:${brokerPort}
listener.security.protocol.map=CLIENT:SASL_SSL,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.client.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_${KAFKA_ADMIN}="${adminPassword}";
listener.name.client.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location=${tls.keystore}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:${KAFKA_ADMIN}
`;
