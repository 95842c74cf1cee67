/** What everybody observed during one run. Entries are only added. Times in epoch milliseconds of one clock; bodies as SHA-256 in hex. */
export interface History {
  readonly endpoints: Endpoint[];
  readonly published: Published[];
  readonly arrived: Arrived[];
  readonly attempted: Attempted[];
  readonly deadLetters: DeadLetter[];
  /** Ids of the attempts that the API shows. */
  readonly stored: string[];
  readonly disturbances: Disturbance[];
}

/** A callback with its one subscription. */
export interface Endpoint {
  readonly name: string;
  /** Milliseconds from the end of each failed attempt to the next one. */
  readonly delaysMs: readonly number[];
  readonly timeoutMs: number;
  /** Whether it succeeds in the end, well within its schedule. */
  readonly recovers: boolean;
}

/** An event that was published, by Kafka or HTTP. */
export interface Published {
  readonly event: string;
  /** The endpoints it is for. */
  readonly to: readonly string[];
  readonly body: string;
  /** When Kafka acknowledged it, or the API answered 202; null = neither did, so it may arrive or not. */
  readonly acceptedAt: number | null;
}

/** A request as its receiver saw it. */
export interface Arrived {
  readonly endpoint: string;
  readonly event: string;
  readonly delivery: string;
  /** The attempt's number in its header. */
  readonly number: number;
  readonly body: string;
  readonly at: number;
  /** null = it was not answered. */
  readonly status: number | null;
  readonly answeredAt: number | null;
}

/** An attempt as Nuncio recorded it. */
export interface Attempted {
  readonly id: string;
  readonly endpoint: string;
  readonly event: string;
  readonly delivery: string;
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly requests: number;
  readonly outcome: 'delivered' | 'failed';
  /** The status of the answer; null = there was none. */
  readonly status: number | null;
  readonly step: string;
  readonly notBefore: number | null;
}

/** A dead letter. */
interface DeadLetter {
  readonly delivery: string;
  readonly body: string;
}

/** The process of the chaos run stood still, and with it all receivers. */
export const RECEIVERS_STOOD_STILL = 'standstill of the receivers';

/** A crash or a standstill: work in progress, or just done, may be done again. Orderly restarts and scaling are no disturbances. */
export interface Disturbance {
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

export const emptyHistory = (): History => ({ endpoints: [], published: [], arrived: [], attempted: [], deadLetters: [], stored: [], disturbances: [] });
