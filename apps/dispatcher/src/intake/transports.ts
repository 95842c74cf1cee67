/** The two consumer groups of a dispatcher, as handlers name them. */
export const WORK = Symbol('work');
export const DELAY = Symbol('delay');
