import { createHmac, randomBytes, type KeyObject } from 'node:crypto';
import { Fault } from '@nuncio/contracts';
import { Secret } from '@nuncio/sealing';
import type { z } from 'zod';

/** The data of one request that a scheme may sign. Times are epoch milliseconds. */
export interface SigningInput {
  /** The exact bytes sent. */
  readonly body: Buffer;
  /** When this attempt is sent. Every retry is signed anew. */
  readonly sentAt: number;
  readonly method: string;
  /** The callback's full URL as configured. */
  readonly url: string;
  readonly eventId: string;
  readonly deliveryId: string;
  /** `made` includes this attempt. `left`: how many more the schedule allows after it. */
  readonly attempt: { readonly made: number; readonly left: number; readonly firstAt: number };
}

/** A signing secret in use. During a rotation there are two, newest first; the older one has an end, in epoch milliseconds. */
export interface LiveSecret {
  readonly secret: Secret;
  /** The name that the consumer gave it, else the callback's id. */
  readonly keyId: string;
  readonly expiresAt: number | null;
}

/** Signs one request. Returns the headers to add, by name. */
export type Signer = (input: SigningInput) => Record<string, string>;

/** `bytes` random bytes. */
export type Random = (bytes: number) => Buffer;

/** A signing scheme, as the API, the dispatcher and the console's forms see it. */
export interface Scheme {
  readonly name: string;
  /** The options in `signing` beside `scheme`; nothing else is accepted. */
  readonly settings: z.ZodObject;
  /** Headers that the scheme sets, so a callback's own headers may not. */
  readonly sets: readonly string[];
  /** False = the scheme has no secrets, and rotating them is refused. */
  readonly usesSecrets: boolean;
  /** Generates a secret for the consumer's settings. Throws Fault `internal` if `usesSecrets` is false. */
  generateSecret(settings?: object, random?: Random): Secret;
  /** The public half of the secret; null = the scheme is symmetric. */
  publicKey(secret: Secret): string | null;
  /**
   * Decodes the secrets, newest first, and returns a signer for the hot path. Throws Fault `internal` if there is no secret, or the newest has an
   * end.
   */
  signer(secrets: readonly LiveSecret[]): Signer;
}

/** A live secret, decoded. */
interface SigningKey {
  readonly key: KeyObject;
  readonly keyId: string;
}

/** Live keys, newest first. */
type SigningKeys = readonly [SigningKey, ...SigningKey[]];

interface Definition<S extends z.ZodObject> {
  readonly name: string;
  readonly settings: S;
  readonly sets: readonly string[];
  /** Absent if the scheme has no secrets. */
  readonly secret?: {
    readonly generate: (settings: z.output<S>, random: Random) => string;
    readonly key: (secret: Secret) => KeyObject;
    readonly publicKey?: (secret: Secret) => string | null;
  };
  /** Absent if nothing is signed. */
  readonly headers?: (input: SigningInput, keys: SigningKeys) => Record<string, string>;
}

/** Headers of every request, whatever the scheme: the ids of the event and its delivery, the same for all retries. */
export const traceHeaders = ['x-trace-id', 'x-span-id'] as const;

/** Makes a scheme from its definition. The handling of secrets is the same for all schemes. */
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

/** HMAC-SHA256 over `prefix` and `body`, without joining them. */
export const hmac = (key: KeyObject, encoding: 'hex' | 'base64', prefix: string, body = '' as string | Buffer): string =>
  createHmac('sha256', key).update(prefix).update(body).digest(encoding);

/** Schemes and headers give time in whole Unix seconds. */
export const unixSeconds = (millis: number): number => Math.floor(millis / 1_000);
