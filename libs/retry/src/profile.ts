import type { Callback } from '@nuncio/contracts';

/** The presets of a profile; a callback can override each. `oauthScheme` is the signing scheme of a callback with OAuth that names no scheme. */
export interface Profile extends Pick<Callback, 'envelope' | 'timeoutMs' | 'retry' | 'onTokenFailure' | 'limits' | 'method'> {
  readonly name: Callback['profile'];
  readonly scheme: string;
  readonly oauthScheme: string;
}

export const defaultLimits: Callback['limits'] = { concurrency: 32, perSecond: null };
