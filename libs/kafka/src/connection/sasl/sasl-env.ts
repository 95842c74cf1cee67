import { Logger } from '@nestjs/common';
import { ExtraCaSetting } from '@nuncio/egress';
import { Secret } from '@nuncio/sealing';
import { z } from 'zod';
import { file } from '../file-setting.js';
import type { Sasl } from './authentication.js';
import { BearerTokens } from './bearer-tokens.js';
import { clientCredentials } from './client-credentials.js';
import { mskIam } from './msk-iam.js';

const secret = z.string().transform((text) => new Secret(text));
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer', 'aws-msk-iam'] as const;

/**
 * `logicalCluster=lkc-1,identityPoolId=pool-1`: names of letters only, values of printable characters (RFC 7628 §3.1).
 */
const Extensions = z.string().transform((text, ctx): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split(',').map((entry) => {
      const [, name, value] = /^([A-Za-z]+)=([\x21-\x7e]+)$/.exec(entry.trim()) ?? [];
      if (name !== undefined && value !== undefined && name !== 'auth') return [name, value];
      ctx.addIssue({ code: 'custom', message: `"${entry}" is not <name>=<value>` });
      return z.NEVER;
    }),
  ),
);

/** For the operator's own server: the secret must not be sent in clear text, except to this machine. */
const TokenUrl = z.string().regex(/^https:\/\/[^\s@#]+$|^http:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?(?:\/[^\s#]*)?$/i, 'must begin with https:// (http:// for this machine alone)');

/** The settings by which a process logs in to Kafka. */
export const SaslEnv = {
  /** Default `scram-sha-512` with a user name; absent otherwise = no SASL. */
  KAFKA_SASL_MECHANISM: z.enum(MECHANISMS).optional(),
  /** For `plain` and `scram-sha-…`. The password itself, or a file that holds it. */
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: secret.optional(),
  KAFKA_SASL_PASSWORD_FILE: file.optional(),
  /** For `oauthbearer`: the client credentials grant at this token endpoint. */
  KAFKA_OAUTH_TOKEN_URL: TokenUrl.optional(),
  KAFKA_OAUTH_CLIENT_ID: z.string().min(1).optional(),
  KAFKA_OAUTH_CLIENT_SECRET: secret.optional(),
  KAFKA_OAUTH_CLIENT_SECRET_FILE: file.optional(),
  /** Default `client_secret_basic`. */
  KAFKA_OAUTH_AUTH_METHOD: z.enum(['client_secret_basic', 'client_secret_post']).optional(),
  KAFKA_OAUTH_SCOPE: z.string().min(1).optional(),
  KAFKA_OAUTH_AUDIENCE: z.string().min(1).optional(),
  /** SASL extensions, sent to the broker with the token. */
  KAFKA_OAUTH_EXTENSIONS: Extensions.optional(),
  /** A PEM file of authorities that are trusted for the token endpoint in addition to the machine's. */
  KAFKA_OAUTH_CA_FILE: ExtraCaSetting,
  /** For `aws-msk-iam`. */
  AWS_REGION: z.string().optional(),
};
export type SaslEnv = z.output<z.ZodObject<typeof SaslEnv>>;

const PASSWORD = ['KAFKA_SASL_PASSWORD', 'KAFKA_SASL_PASSWORD_FILE'] as const;
const CLIENT_SECRET = ['KAFKA_OAUTH_CLIENT_SECRET', 'KAFKA_OAUTH_CLIENT_SECRET_FILE'] as const;

const mechanismOf = (env: SaslEnv): SaslEnv['KAFKA_SASL_MECHANISM'] => env.KAFKA_SASL_MECHANISM ?? (env.KAFKA_SASL_USERNAME === undefined ? undefined : 'scram-sha-512');

/** The faults of the SASL settings, by name: missing, given twice, or of another mechanism than the chosen one. */
export function faultsOfSasl(env: SaslEnv, fault: (name: keyof SaslEnv, message: string) => void): void {
  const mechanism = mechanismOf(env);
  const needs = (name: keyof SaslEnv, or?: keyof SaslEnv): void => {
    if (env[name] === undefined && (!or || env[or] === undefined)) fault(name, `KAFKA_SASL_MECHANISM ${mechanism ?? ''} needs it${or ? `, or ${or}` : ''}`);
  };
  const isByPassword = mechanism === 'plain' || mechanism === 'scram-sha-256' || mechanism === 'scram-sha-512';
  if (isByPassword) {
    needs('KAFKA_SASL_USERNAME');
    needs(...PASSWORD);
  }
  if (mechanism === 'oauthbearer') {
    needs('KAFKA_OAUTH_TOKEN_URL');
    needs('KAFKA_OAUTH_CLIENT_ID');
    needs(...CLIENT_SECRET);
  }
  if (mechanism === 'aws-msk-iam') needs('AWS_REGION');
  for (const [one, other] of [PASSWORD, CLIENT_SECRET]) if (env[one] !== undefined && env[other] !== undefined) fault(other, `is given beside ${one}: keep one of them`);
  for (const name of Object.keys(SaslEnv) as (keyof SaslEnv)[]) {
    const isGiven = Array.isArray(env[name]) ? env[name].length > 0 : env[name] !== undefined;
    const counts = name.startsWith('KAFKA_OAUTH_') ? mechanism === 'oauthbearer' : !/_(?:USERNAME|PASSWORD(?:_FILE)?)$/.test(name) || isByPassword;
    if (isGiven && !counts) fault(name, `does not count: KAFKA_SASL_MECHANISM is ${mechanism ?? 'not given'}`);
  }
}

/** One login for all connections of a process: they share its tokens. */
const known = new WeakMap<SaslEnv, Sasl>();

export function saslOf(env: SaslEnv, isEncrypted: boolean): Sasl | undefined {
  const mechanism = mechanismOf(env);
  if (mechanism === undefined) return undefined;
  const made = known.get(env) ?? loginOf(mechanism, env);
  if (!known.has(env) && !isEncrypted) new Logger('Kafka login').warn(`KAFKA_SSL is not set: without TLS, anybody between this process and Kafka can read or use the credentials of ${mechanism}.`);
  known.set(env, made);
  return made;
}

function loginOf(mechanism: (typeof MECHANISMS)[number], env: SaslEnv): Sasl {
  if (mechanism === 'aws-msk-iam') return { mechanism: 'oauthbearer', tokens: new BearerTokens(mskIam(env.AWS_REGION ?? '')) };
  if (mechanism !== 'oauthbearer') return { mechanism, username: env.KAFKA_SASL_USERNAME ?? '', password: env.KAFKA_SASL_PASSWORD, passwordFile: env.KAFKA_SASL_PASSWORD_FILE };
  const fetch = clientCredentials({
    tokenUrl: env.KAFKA_OAUTH_TOKEN_URL ?? '',
    clientId: env.KAFKA_OAUTH_CLIENT_ID ?? '',
    clientSecret: env.KAFKA_OAUTH_CLIENT_SECRET,
    clientSecretFile: env.KAFKA_OAUTH_CLIENT_SECRET_FILE,
    authMethod: env.KAFKA_OAUTH_AUTH_METHOD ?? 'client_secret_basic',
    scope: env.KAFKA_OAUTH_SCOPE ?? null,
    audience: env.KAFKA_OAUTH_AUDIENCE ?? null,
    extraCa: env.KAFKA_OAUTH_CA_FILE,
  });
  return { mechanism, tokens: new BearerTokens(fetch, env.KAFKA_OAUTH_EXTENSIONS) };
}
