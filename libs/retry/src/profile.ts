import type { Callback } from '@nuncio/contracts';

/** What a profile presets; every field can be overridden on the callback. `oauthScheme` is the signing scheme where OAuth is chosen and the scheme left to the profile. */
export interface Profile extends Pick<Callback, 'envelope' | 'timeoutMs' | 'retry' | 'onTokenFailure' | 'limits' | 'method'> {
  readonly name: Callback['profile'];
  readonly scheme: string;
  readonly oauthScheme: string;
}

export const defaultLimits: Callback['limits'] = { concurrency: 32, perSecond: null };
