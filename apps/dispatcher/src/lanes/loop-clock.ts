const RESOLUTION_MS = 1;
/** While the loop is busy, it is unknown whether an answer is late or only has not been read yet. */
const BUSY_WEIGHT = 1 / 4;

/**
 * A clock in milliseconds for judging endpoints: time in which this process's event loop was busy counts a quarter. Without that, an overloaded
 * process would take every endpoint for a slow one, hold deliveries, and be even more overloaded.
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
