const RESOLUTION_MS = 1;
/** While the loop is busy nobody can tell whether an answer is late or only lies there unread. */
const BUSY_WEIGHT = 1 / 4;

/**
 * Milliseconds for judging others by: time in which our own event loop was busy counts a quarter. Without that an overloaded process takes every endpoint
 * for a slow one, puts deliveries on hold, and is the more overloaded.
 */
export function loopClock(): () => number {
  let readAt = -Infinity;
  let time = 0;
  return () => {
    const now = performance.now();
    if (now - readAt < RESOLUTION_MS) return time;
    const { idle, active } = performance.eventLoopUtilization();
    readAt = now;
    return (time = idle + active * BUSY_WEIGHT);
  };
}
