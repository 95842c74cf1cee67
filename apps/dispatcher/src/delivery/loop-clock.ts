const RESOLUTION_MS = 1;
/** While the loop is busy nobody can tell whether an answer is late or only lies there unread. */
const BUSY_WEIGHT = 1 / 4;

/**
 * A clock in milliseconds to judge others by: time in which our own event loop was busy counts a quarter. Without that, an overloaded process would take every endpoint
 * for a slow one, put deliveries on hold, and be more overloaded.
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
