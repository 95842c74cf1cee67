import { createHmac, randomBytes, type KeyObject } from 'node:crypto';
import { Fault } from '@nuncio/contracts';
import { Secret } from '@nuncio/sealing';
import type { z } from 'zod';

/** The data of one request that a scheme may sign. Times are epoch milliseconds. */
export interface SigningInput {
  /** The exact bytes sent. */
  readonly body: Buffer;
  /** The time of this attempt: every retry is signed again. */
  readonly sentAt: number;
  readonly method: string;
  /** The callback's full URL as configured. */
  readonly url: string;
  readonly eventId: string;
  readonly deliveryId: string;
  /** `made` counts this attempt too; `left` is what the schedule still allows after it. */
  readonly attempt: { readonly made: number; readonly left: number; readonly firstAt: number };
}

/** A signing secret in use. During a rotation there are two, newest first; the older one has an end, in epoch milliseconds. */
export interface LiveSecret {
  readonly secret: Secret;
  /** As the consumer named it, else the callback's id. */
  readonly keyId: string;
  readonly expiresAt: number | null;
}

/** Signs one request: the headers to add to it, by name. */
export type Signer = (input: SigningInput) => Record<string, string>;

/** `bytes` random bytes. */
export type Random = (bytes: number) => Buffer;

/** A way of signing, as the API, the dispatcher and the console's forms see it. */
export interface Scheme {
  readonly name: string;
  /** The options that a consumer may give beside `scheme` in `signing`; nothing else is accepted. */
  readonly settings: z.ZodObject;
  /** The headers it sets: a callback's own headers may not. */
  readonly sets: readonly string[];
  /** False: it has no secrets, and rotating them is refused. */
  readonly usesSecrets: boolean;
  /** A new secret to the consumer's settings. Throws Fault `internal` where `usesSecrets` is false. */
  generateSecret(settings?: object, random?: Random): Secret;
  /** The half that may be shown, or null where the scheme is symmetric. */
  publicKey(secret: Secret): string | null;
  /** Decodes the secrets, newest first, once; the signer it returns is for the hot path. Throws Fault `internal` where the newest has an end, or there is none. */
  signer(secrets: readonly LiveSecret[]): Signer;
}

/** A live secret, decoded. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly keyId: string;
}

/** The live ones, newest first. */
export type SigningKeys = readonly [SigningKey, ...SigningKey[]];

interface Definition<S extends z.ZodObject> {
  readonly name: string;
  readonly settings: S;
  readonly sets: readonly string[];
  /** Absent where the scheme has no secrets. */
  readonly secret?: {
    readonly generate: (settings: z.output<S>, random: Random) => string;
    readonly key: (secret: Secret) => KeyObject;
    readonly publicKey?: (secret: Secret) => string | null;
  };
  /** Absent where nothing is signed. */
  readonly headers?: (input: SigningInput, keys: SigningKeys) => Record<string, string>;
}

/** Sent whatever the scheme: the event and its delivery, constant over retries. */
export const traceHeaders = ['x-trace-id', 'x-span-id'] as const;

/** Makes a scheme from its own parts; the life of secrets is the same for all schemes. */
export function scheme<S extends z.ZodObject>(definition: Definition<S>): Scheme {
  const { name, settings, sets, secret, headers } = definition;
  return {
    name,
    settings,
    sets,
    usesSecrets: secret !== undefined,
    generateSecret(given = {}, random = randomBytes) {
      if (!secret) throw new Fault('internal', `signing scheme ${name} has no secrets`);
      return new Secret(secret.generate(settings.parse(given), random));
    },
    publicKey: (given) => secret?.publicKey?.(given) ?? null,
    signer(secrets) {
      if (!secret || !headers) return trace;
      const [newest, ...older] = secrets.map((s) => ({ key: secret.key(s.secret), keyId: s.keyId, endsAt: s.expiresAt ?? Infinity }));
      if (newest?.endsAt !== Infinity) throw new Fault('internal', `signing scheme ${name}: there is no secret to sign with`);
      return (input) => ({ ...trace(input), ...headers(input, [newest, ...older.filter((k) => input.sentAt < k.endsAt)]) });
    },
  };
}

const trace: Signer = ({ eventId, deliveryId }) => ({ 'x-trace-id': eventId, 'x-span-id': deliveryId });

/** HMAC-SHA256 over `prefix` and the bytes after it, without joining them. */
export const hmac = (key: KeyObject, encoding: 'hex' | 'base64', prefix: string, body = '' as string | Buffer): string =>
  createHmac('sha256', key).update(prefix).update(body).digest(encoding);

/** Schemes and headers name time in whole Unix seconds. */
export const unixSeconds = (millis: number): number => Math.floor(millis / 1_000);
