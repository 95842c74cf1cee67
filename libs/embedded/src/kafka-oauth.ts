/** The issuer whose signed tokens (JWT, RFC 9068) a broker accepts. `aud` and `iss` must be exactly these. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
}

/**
 * Properties that override the plain ones: clients connect only by OAUTHBEARER, and a connection ends with its token unless it authenticates again
 * (KIP-368).
 */
export const oauthBearer = ({ issuer, audience, jwksUrl }: TokenIssuer, port: number, brokerPort: number, controllerPort: number): string => `
listeners=CLIENT://127.0.0.1:${port},BROKER://127.0.0.1:${brokerPort},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=CLIENT://127.0.0.1:${port},BROKER://127.0.0.1:${brokerPort}
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
sasl.enabled.mechanisms=OAUTHBEARER
listener.name.client.oauthbearer.sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;
listener.name.client.oauthbearer.sasl.server.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler
listener.name.client.oauthbearer.connections.max.reauth.ms=3600000
sasl.oauthbearer.jwks.endpoint.url=${jwksUrl}
sasl.oauthbearer.expected.audience=${audience}
sasl.oauthbearer.expected.issuer=${issuer}
`;

/** The JVM also must be told the address from which the broker may fetch keys. */
export const oauthFlags = (oauth: TokenIssuer | undefined): string[] => (oauth ? [`-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${oauth.jwksUrl}`] : []);
