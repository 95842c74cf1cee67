import { streamOf, type Authentication, type Callback, type Limits, type RetryPolicy, type SigningSecret } from '@nuncio/contracts';
import { profiles } from '@nuncio/retry';
import { schemes } from '@nuncio/signing';
import type { z } from 'zod';
import { nameInTenant } from '../applications/application.js';
import type { Aggregate } from '../event-store/index.js';

/** The settings that were given explicitly. They stay when the profile changes. */
export interface Settings {
  readonly profile?: Callback['profile'];
  readonly method?: Callback['method'];
  readonly signing?: { readonly scheme?: string; readonly keyId?: string; readonly keyType?: string };
  readonly authentication?: Authentication;
  readonly envelope?: Callback['envelope'];
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly onTokenFailure?: Callback['onTokenFailure'];
  readonly limits?: Partial<z.infer<typeof Limits>>;
}

/** The fields that no profile sets. */
export type Plain = Pick<Callback, 'id' | 'tenant' | 'application' | 'groups' | 'name' | 'url' | 'enabled' | 'disabledReason' | 'pausedUntil' | 'headers' | 'secretHeaders' | 'secretsAt' | 'externalId' | 'labels'>;

/** What the events carry. The published callback follows from it. */
export interface Given extends Plain {
  readonly settings: Settings;
  /** Newest first, at most two. */
  readonly secrets: readonly z.infer<typeof SigningSecret>[];
  /** The public half of the newest secret, if the scheme has one. */
  readonly publicKey: string | null;
}

/** The published callback together with what it follows from. */
export type CallbackState = Callback & Given;

export const callback: Aggregate<CallbackState> = {
  kind: 'callback',
  evolve: (state, { type, data }) => (type === 'deleted' ? null : effective({ ...state, ...data } as Given)),
  index: ({ tenant, groups, application, name, authentication }) => ({
    tenant,
    groups,
    name: nameInTenant(application, name),
    links: [streamOf('application', application), ...(authentication.type === 'oauth2' ? [streamOf('credential', authentication.credential)] : [])],
  }),
};

/** The scheme that was given, or else the profile's, which depends on whether OAuth is used. */
export function schemeOf({ profile, signing, authentication }: Settings): string {
  const preset = profiles[profile ?? 'standard'];
  return signing?.scheme ?? (authentication?.type === 'oauth2' ? preset.oauthScheme : preset.scheme);
}

/** Puts the callback's explicit settings on top of the profile's presets, field by field. */
export function effective(given: Given): CallbackState {
  const { settings } = given;
  const preset = profiles[settings.profile ?? 'standard'];
  const scheme = schemeOf(settings);
  const takes = schemes.get(scheme)?.settings.shape ?? {};
  return {
    ...given,
    method: settings.method ?? preset.method,
    profile: preset.name,
    signing: {
      scheme,
      keyId: 'keyId' in takes ? (settings.signing?.keyId ?? given.id) : null,
      publicKey: given.publicKey,
      secrets: [...given.secrets],
    },
    authentication: settings.authentication ?? { type: 'none' },
    envelope: settings.envelope ?? preset.envelope,
    timeoutMs: settings.timeoutMs ?? preset.timeoutMs,
    retry: { ...preset.retry, ...settings.retry },
    onTokenFailure: settings.onTokenFailure ?? preset.onTokenFailure,
    limits: { ...preset.limits, ...settings.limits },
  };
}
