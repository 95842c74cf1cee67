import { prefer, preference } from './preferences.js';

export type Density = 'comfortable' | 'compact';

/** Stores how much room rows and panels take, and shows it at once. */
export function applyDensity(chosen: Density = preference('density')): void {
  prefer('density', chosen);
  if (chosen === 'compact') document.documentElement.dataset.density = chosen;
  else delete document.documentElement.dataset.density;
}
