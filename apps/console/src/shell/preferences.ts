import { isPortal } from './place.js';

/** What a reader has chosen in this browser. */
interface Preferences {
  readonly zone: 'own' | 'UTC';
  /** Whether keys without a modifier do something (WCAG 2.1.4). */
  readonly keys: 'on' | 'off';
}
const FIRST: Preferences = { zone: 'own', keys: 'on' };

/** A frame in somebody else's page keeps nothing. */
export const preference = <K extends keyof Preferences>(name: K): Preferences[K] => (isPortal ? null : (localStorage.getItem(`nuncio.${name}`) as Preferences[K] | null)) ?? FIRST[name];

export const prefer = <K extends keyof Preferences>(name: K, chosen: Preferences[K]): void => {
  localStorage.setItem(`nuncio.${name}`, chosen);
};
