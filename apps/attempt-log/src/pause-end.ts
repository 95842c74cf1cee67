import { pausedFor, type Callback } from '@nuncio/contracts';

/** When the pause of a callback ends; null = it is not paused now. */
export const pauseEnd = (callback: Pick<Callback, 'pausedUntil'> | undefined): Date | null =>
  callback && pausedFor(callback, Date.now()) > 0 ? new Date(callback.pausedUntil ?? 0) : null;
