import type { Caller } from './world.js';

export type Body = Readonly<Record<string, unknown>>;

/** A call of the API, its expected answer, and how the model changes. */
export interface Step {
  readonly as: Caller;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: Body;
  readonly ifMatch?: number;
  readonly status: number;
  /** Fields of the answer. For a refusal: its code, and words of its detail. */
  readonly answer?: Body;
  readonly words?: readonly string[];
  readonly then?: (answer: Body) => void;
}

/** Addresses for the configuration that the model creates. */
export interface Endpoints {
  readonly good: string;
  readonly bad: string;
  readonly tokenUrl: string;
  /** A client that the server at `tokenUrl` knows. */
  readonly client: { readonly clientId: string; readonly clientSecret: string };
}
