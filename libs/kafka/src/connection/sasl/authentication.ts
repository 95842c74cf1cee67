import { readFileSync } from 'node:fs';
import type { KafkaConfig } from 'kafkajs';
import type { Secret } from '@nuncio/sealing';
import oauthBearer from 'kafkajs/src/broker/saslAuthenticator/oauthBearer.js';
import plain from 'kafkajs/src/broker/saslAuthenticator/plain.js';
import scram256 from 'kafkajs/src/broker/saslAuthenticator/scram256.js';
import scram512 from 'kafkajs/src/broker/saslAuthenticator/scram512.js';
import type { BearerTokens } from './bearer-tokens.js';

export type Sasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      /** One of the two; the file is read for each connection. */
      readonly password?: Secret;
      readonly passwordFile?: string;
    }
  | { readonly mechanism: 'oauthbearer'; readonly tokens: Pick<BearerTokens, 'provide'> };

type Provider = ReturnType<typeof plain>;

/** The login in the form of kafkajs. */
export const authentication = (sasl: Sasl): KafkaConfig['sasl'] =>
  ({ mechanism: sasl.mechanism, authenticationProvider: sittingOut(providerOf(sasl)) }) as KafkaConfig['sasl'];

function providerOf(sasl: Sasl): Provider {
  if (sasl.mechanism === 'oauthbearer') return oauthBearer({ oauthBearerProvider: sasl.tokens.provide });
  const { username, password, passwordFile } = sasl;
  const login = {
    username,
    get password(): string {
      return password?.reveal() ?? readFileSync(passwordFile ?? '', 'utf8').trim();
    },
  };
  return { plain, 'scram-sha-256': scram256, 'scram-sha-512': scram512 }[sasl.mechanism](login);
}

/** kafkajs takes a connection that is lost during the login for a refusal, which ends a consumer; here it counts as a broker that is away. */
const sittingOut =
  (provider: Provider): Provider =>
  (connection) => ({
    authenticate: async () => {
      let lost: unknown;
      const saslAuthenticate: typeof connection.saslAuthenticate = async (exchange) => {
        try {
          return await connection.saslAuthenticate(exchange);
        } catch (error) {
          if ((error as { retriable?: boolean }).retriable) lost = error;
          throw error;
        }
      };
      try {
        await provider({ ...connection, saslAuthenticate }).authenticate();
      } catch (error) {
        throw lost ?? error;
      }
    },
  });
