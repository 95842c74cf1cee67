import { isPortal } from './place.js';

/** What a reader has chosen in this browser. */
interface Preferences {
  readonly zone: 'own' | 'UTC';
  /** How much room rows and panels take. */
  readonly density: 'comfortable' | 'compact';
  /** Whether keys without a modifier do something (WCAG 2.1.4). */
  readonly keys: 'on' | 'off';
}
const DEFAULTS: Preferences = { zone: 'own', density: 'comfortable', keys: 'on' };

/** The portal, a frame in somebody else's page, stores nothing. */
export const preference = <K extends keyof Preferences>(name: K): Preferences[K] => (isPortal ? null : (localStorage.getItem(`nuncio.${name}`) as Preferences[K] | null)) ?? DEFAULTS[name];

export const prefer = <K extends keyof Preferences>(name: K, chosen: Preferences[K]): void => {
  localStorage.setItem(`nuncio.${name}`, chosen);
};
