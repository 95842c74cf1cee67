import type { Caller } from './world.js';

export type Body = Readonly<Record<string, unknown>>;

/** One call of the API, what it must answer, and what is so afterwards. */
export interface Step {
  readonly as: Caller;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: Body;
  readonly ifMatch?: number;
  readonly status: number;
  /** Fields of the answer; of a refusal its code, and words of its detail. */
  readonly answer?: Body;
  readonly words?: readonly string[];
  readonly then?: (answer: Body) => void;
}

/** Where what the model configures leads. */
export interface Endpoints {
  readonly good: string;
  readonly bad: string;
  readonly tokenUrl: string;
  /** The one that `tokenUrl` knows. */
  readonly client: { readonly clientId: string; readonly clientSecret: string };
}
