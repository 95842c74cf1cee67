import { persona } from './persona.js';
import type { Profile } from './profile.js';
import { standard } from './standard.js';
import { webhookie } from './webhookie.js';

/** Every profile by name. A new one needs a file and a line here. */
export const profiles: Readonly<Record<Profile['name'], Profile>> = { persona, webhookie, standard };

export type { Profile } from './profile.js';
export * from './schedule.js';
export * from './walk.js';
