import type { Service } from '@nuncio/contracts';
import type { StackAddresses } from './stack.js';
import type { Log } from './progress.js';

export type EnvOf = Readonly<Partial<Record<Service, Readonly<Record<string, string>>>>>;

export interface ServicesOptions {
  /**
   * The directory for keys (`keys`) and log files (`logs/<service>.log`), made if it does not exist. One process at a
   * time uses it.
   */
  readonly dir: string;
  readonly stack: StackAddresses;
  /** Topics are `<topicPrefix>.events` and so on; `nuncio` by default. */
  readonly topicPrefix?: string;
  /** The services to start; all by default. */
  readonly names?: readonly Service[];
  /** Settings for all services. They override the generated ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings for all services of a kind. They override those for all services. */
  readonly envOf?: EnvOf;
  /** How many files and sockets a process of a kind may open (`ulimit -n`); by default as many as this process. */
  readonly openFiles?: Readonly<Partial<Record<Service, number>>>;
  /** The port of the API, if it is free. */
  readonly port?: number;
  /**
   * Whether everybody who opens the console on this machine may sign in as the first admin by one click; false by
   * default.
   */
  readonly oneClick?: boolean;
  /** Whether a service that dies is started again; true by default. */
  readonly restart?: boolean;
  /** Called when a service died and is not started again: for the third time within a minute, or with `restart` off, unless it was killed or replaced. */
  readonly onGivenUp?: (error: Error) => void;
  /** Called when a service has a new process. */
  readonly onRestart?: () => void;
  /** Stops a start in progress. Once all are up, use `stop`. */
  readonly signal?: AbortSignal;
  readonly log?: Log;
  /** The workspace with the built services; by default the one that has this file. */
  readonly workspace?: string;
}

export interface Services {
  /** The API's origin. */
  readonly url: string;
  readonly adminKey: string;
  readonly topicPrefix: string;
  /** The present processes. A restarted service has another pid and the same port. */
  readonly services: Readonly<Record<string, { readonly pid: number; readonly port: number }>>;
  /** Sends a signal (SIGKILL by default) and waits for the end of that process. */
  kill(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** Waits until it is ready, also after a death. Throws with its last lines if it is dead and stays so. */
  ready(name: string): Promise<void>;
  /** Starts a service that died with restarts turned off, and waits until it is ready. */
  start(name: string): Promise<void>;
  /**
   * Starts one more service of this kind, called `dispatcher-2` and so on, and waits until it is ready. Returns its name.
   */
  add(kind: Service, env?: Readonly<Record<string, string>>): Promise<string>;
  /** Runs the migrations and creates the topics of another built workspace. */
  prepare(workspace: string): Promise<void>;
  /** Stops a service in order (SIGTERM), starts it from another built workspace, and waits until it is ready. */
  replace(name: string, workspace: string): Promise<void>;
  /** The file with all its output. */
  logFile(name: string): string;
  /** Asks all of them to finish what they have begun, and kills those that still run after 10 s. */
  stop(): Promise<void>;
}
