/** For Kafka, Redis, files of the standard library, and requests for health and metrics. */
const FOR_THE_REST = 128;

/**
 * The share of a process's files and sockets for outbound requests. A quarter is left for look-ups, and for connections to second addresses (RFC
 * 8305).
 */
interface Descriptors {
  /** The most requests in flight. */
  readonly inFlight: number;
  /** The most idle connections. */
  readonly idle: number;
}

/** `openFiles`: how many files and sockets the process may have open. Each share is at least one. */
export function descriptorsWithin(openFiles: number): Descriptors {
  const share = (of: number): number => Math.max(1, Math.floor((openFiles - FOR_THE_REST) / of));
  return { inFlight: share(2), idle: share(4) };
}

/** The limit of `ulimit -n` for this process. */
export function openFilesLimit(): number {
  // Without it the report would look up names. In Node.js since 22.0, but not in its types.
  const report = Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : Infinity;
}
