import type { Service } from '@nuncio/contracts';
import type { StackAddresses } from './stack.js';
import type { Log } from './progress.js';

export type EnvOf = Readonly<Partial<Record<Service, Readonly<Record<string, string>>>>>;

export interface ServicesOptions {
  /** Keys (`keys`) and log files (`logs/<service>.log`) are in here; made where absent. One process at a time uses it. */
  readonly dir: string;
  readonly stack: StackAddresses;
  /** Topics are `<topicPrefix>.events` and so on; `nuncio` where absent. */
  readonly topicPrefix?: string;
  /** Which services; all of them where absent. */
  readonly names?: readonly Service[];
  /** Settings for all services, over those that are made here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings for all services of a kind, over those for all. */
  readonly envOf?: EnvOf;
  /** How many files and sockets a process of a kind may open (`ulimit -n`); as many as this one where absent. */
  readonly openFiles?: Readonly<Partial<Record<Service, number>>>;
  /** The port of the API, where it is free. */
  readonly port?: number;
  /** Lets whoever opens the console on this machine in as the first admin, by one click; false where absent. */
  readonly oneClick?: boolean;
  /** A service that dies is started again; true where absent. */
  readonly restart?: boolean;
  /** A service died for the third time within a minute. */
  readonly onGivenUp?: (error: Error) => void;
  /** A service has another process than before. */
  readonly onRestart?: () => void;
  /** Stops what is being started. Once all are up, `stop` is the way. */
  readonly signal?: AbortSignal;
  readonly log?: Log;
  /** The workspace with the built services; the one this file is in where absent. */
  readonly workspace?: string;
}

export interface Services {
  /** The API's origin. */
  readonly url: string;
  readonly adminKey: string;
  readonly topicPrefix: string;
  /** As they are now: a service that was started again has another pid and the same port. */
  readonly services: Readonly<Record<string, { readonly pid: number; readonly port: number }>>;
  /** Sends a signal (SIGKILL) and waits for the end of that process. */
  kill(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** Waits until it is ready, after a death too. Throws, with its last lines, when it is dead and stays so. */
  ready(name: string): Promise<void>;
  /** Starts one that died with restarts turned off, and waits until it is ready. */
  start(name: string): Promise<void>;
  /** Starts one more of this kind, called `dispatcher-2` and so on, and waits until it is ready. Returns its name. */
  add(kind: Service, env?: Readonly<Record<string, string>>): Promise<string>;
  /** Migrates and makes the topics as the services of another built workspace need them. */
  prepare(workspace: string): Promise<void>;
  /** Ends one in order (SIGTERM), starts it from another built workspace, and waits until it is ready. */
  replace(name: string, workspace: string): Promise<void>;
  /** The file with everything it has written. */
  logFile(name: string): string;
  /** Asks all of them to finish what they have begun, ends those that are still there after 10 s. */
  stop(): Promise<void>;
}
