import { join } from 'node:path';
import type { Service } from '@nuncio/contracts';
import type { ChildSpec } from './child.js';
import { freePort } from './free-port.js';
import { IDENTITY_PREFIX, nameOf } from './identities.js';
import type { ProcessGroup } from './process-group.js';
import { timed } from './progress.js';
import { type Installation, settingsOf, surroundings, urlOf } from './service-settings.js';
import type { Services, ServicesOptions } from './running-services.js';
import type { StackAddresses } from './stack.js';
import { SupervisedService } from './supervised-service.js';

const ACCESS = 'access to topics';
const COMMANDS = {
  'config-service migrations': 'apps/config-service/dist/migrate.js',
  'attempt-log migrations': 'apps/attempt-log/dist/migrate.js',
  topics: 'libs/kafka/dist/apply-topics.js',
  [ACCESS]: 'libs/kafka/dist/apply-access.js',
};

/** The size of V8's young generation. A larger one would stay resident without any benefit for a service. Same as in docker/Dockerfile. */
const HEAP = ['--max-semi-space-size=32'];

/** The roles to which the migrations grant what services need. */
const rolesIn = ({ identities }: StackAddresses): Record<string, string> =>
  identities?.database ? { CONFIG_DATABASE_ROLE: nameOf('config-service'), LOG_DATABASE_ROLE: nameOf('attempt-log') } : {};

/** Node.js cannot set this limit, so a shell sets it and then becomes the process. */
const within = (openFiles: number | undefined, spec: ChildSpec): ChildSpec =>
  openFiles === undefined ? spec : { ...spec, command: 'sh', args: ['-c', `ulimit -n ${openFiles} && exec "$@"`, 'sh', spec.command, ...spec.args] };

/** The services of one installation on this machine. */
export class Fleet implements Services {
  readonly url: string;
  readonly adminKey: string;
  readonly topicPrefix: string;
  readonly #members = new Map<string, SupervisedService>();
  readonly #specs = new Map<string, (workspace: string) => ChildSpec>();

  constructor(
    private readonly installation: Installation,
    private readonly group: ProcessGroup,
    private readonly options: Required<Pick<ServicesOptions, 'dir' | 'log' | 'workspace' | 'restart' | 'openFiles' | 'onRestart' | 'onGivenUp'>>,
  ) {
    this.url = urlOf(installation.ports.gateway);
    this.adminKey = installation.env.ADMIN_API_KEY ?? installation.keys.ADMIN_API_KEY;
    this.topicPrefix = installation.topicPrefix;
  }

  get services(): Services['services'] {
    return Object.fromEntries([...this.#members].map(([name, { pid, port }]) => [name, { pid, port }]));
  }

  /** Runs the migrations and creates the topics. These commands end by themselves and may be run again. */
  async prepare(workspace = this.options.workspace): Promise<void> {
    const { stack, topicPrefix, env } = this.installation;
    const settings = { ...surroundings(), ...stack.settings, ...rolesIn(stack), DATABASE_URL: stack.databaseUrl, KAFKA_BROKERS: stack.brokers, TOPIC_PREFIX: topicPrefix, IDENTITY_PREFIX, ...env };
    const needed = Object.entries(COMMANDS).filter(([name]) => name !== ACCESS || stack.identities?.kafka);
    const commands = needed.map(([name, file]) => timed(this.options.log, name, () => this.group.run(this.node(name, file, settings, workspace))));
    await Promise.all(commands);
  }

  async startAll(names: readonly Service[]): Promise<void> {
    const { log } = this.options;
    await Promise.all(names.map((name) => timed(log, name, () => this.launch(name, name, this.installation.ports[name], this.installation))));
  }

  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.member(name).kill(signal);
  }

  async ready(name: string): Promise<void> {
    await this.member(name).ready();
  }

  async start(name: string): Promise<void> {
    await this.member(name).start();
  }

  async replace(name: string, workspace: string): Promise<void> {
    const spec = this.#specs.get(name);
    if (spec) await this.member(name).replace(spec(workspace));
  }

  async add(kind: Service, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const port = await freePort();
    const name = this.nextName(kind);
    await this.launch(name, kind, port, { ...this.installation, envOf: { ...this.installation.envOf, [kind]: { ...this.installation.envOf[kind], ...env } } });
    return name;
  }

  logFile(name: string): string {
    return join(this.options.dir, 'logs', `${name.replaceAll(' ', '-')}.log`);
  }

  stop(): Promise<void> {
    return this.group.stop();
  }

  private async launch(name: string, kind: Service, port: number, installation: Installation): Promise<void> {
    const { log, restart, onRestart, onGivenUp } = this.options;
    // Other gateways reach this one at the address it listens on.
    const settings = { ...(kind === 'gateway' && { REPLICA_URL: urlOf(port) }), ...settingsOf(kind, installation) };
    const specIn = (workspace: string): ChildSpec => within(this.options.openFiles[kind], this.node(name, `apps/${kind}/dist/main.js`, settings, workspace));
    this.#specs.set(name, specIn);
    const service = new SupervisedService(specIn(this.options.workspace), port, { group: this.group, log, restart, onRestart, onGivenUp });
    this.#members.set(name, service);
    await service.ready();
  }

  private node(name: string, file: string, env: NodeJS.ProcessEnv, workspace: string): ChildSpec {
    return { name, command: process.execPath, args: [...HEAP, join(workspace, file)], env, logFile: this.logFile(name) };
  }

  private member(name: string): SupervisedService {
    const service = this.#members.get(name);
    if (!service) throw new Error(`there is no service "${name}" here, only ${[...this.#members.keys()].join(', ')}`);
    return service;
  }

  private nextName(kind: Service): string {
    for (let number = 2; ; number++) if (!this.#members.has(`${kind}-${number}`)) return `${kind}-${number}`;
  }
}
