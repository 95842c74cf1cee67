/** Kafka, Redis, the standard library's files, whoever asks for health and metrics. */
const FOR_THE_REST = 128;

/** The share of a process's files and sockets for outbound requests. A quarter is left for look-ups, and for attempts at second addresses (RFC 8305). */
export interface Descriptors {
  /** Requests on their way at a time. */
  readonly inFlight: number;
  /** Connections that wait for another request. */
  readonly idle: number;
}

/** `openFiles`: how many a process may have open. At least one of each. */
export function descriptorsWithin(openFiles: number): Descriptors {
  const share = (of: number): number => Math.max(1, Math.floor((openFiles - FOR_THE_REST) / of));
  return { inFlight: share(2), idle: share(4) };
}

/** `ulimit -n`, as it is for this process. */
export function openFilesLimit(): number {
  // It would look up names. Of Node since 22.0, which the types do not know.
  const report = Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : Infinity;
}
