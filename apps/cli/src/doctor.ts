import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { contextOf, type Context, type GlobalOptions } from './context.js';
import { diagnoseCredential, diagnoseServer, type ServerOptions } from './oauth-doctor.js';
import { line, outputOf, show } from './output.js';
import { DEV_FILE } from './profile.js';
import { Refusal } from './refusal.js';

/** The result of one check. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  /** The result; for a fault, also what to mend. */
  readonly detail: string;
}

const CLOCK_TOLERANCE_MS = 5_000;
const ANSWER_WITHIN_MS = 5_000;

/** Above these limits something is wrong (docs/operating.md). */
const LIMITS: readonly { readonly metric: string; readonly most: number; readonly mend: string }[] = [
  { metric: 'nuncio_relay_failing', most: 0, mend: 'changes of configuration are not published: docs/runbooks/configuration-not-published.md' },
  { metric: 'nuncio_log_lag_seconds', most: 60, mend: 'the log is behind: docs/runbooks/log-behind.md' },
  { metric: 'nuncio_due_late_seconds', most: 60, mend: 'due work is late: docs/runbooks/due-work-late.md' },
  { metric: 'nuncio_oldest_unfinished_seconds', most: 60, mend: 'a partition is stuck: docs/runbooks/stuck-partition.md' },
];

export function addDoctor(program: Command): void {
  const doctor = program.command('doctor').description('check the installation, or an authorization server, and say what to correct');
  doctor
    .command('installation', { isDefault: true })
    .description('check the API, its services, clocks, lags and versions')
    .option('--service <url...>', 'addresses of services, with their own ports, to check readiness, lags and versions; default: the services of `npm start`')
    .action(async ({ service = devServices() }: { service?: readonly string[] }, command: Command) => {
      const context = await contextOf(command);
      report(context, [...(await lookAtApi(context)), ...(await Promise.all(service.map(lookAtService))).flat()]);
    });
  doctor
    .command('oauth [credential]')
    .description('check a credential of the installation, or a server from this machine: --issuer or --token-url')
    .option('--issuer <url>')
    .option('--token-url <url>')
    .option('--client-id <id>')
    .option('--client-secret-env <name>', 'the environment variable with the secret', 'CLIENT_SECRET')
    .option('--scope <scopes>')
    .option('--endpoint <url>', 'an endpoint to call with the token')
    .action(async (credential: string | undefined, options: ServerOptions, command: Command) => {
      if (credential === undefined) {
        report({ output: outputOf(command.optsWithGlobals<GlobalOptions>().json ?? false) }, await diagnoseServer(options));
        return;
      }
      const context = await contextOf(command);
      report(context, await diagnoseCredential(context.api, credential));
    });
}

/** Ends with status 1 if there is something to mend. */
function report({ output }: Pick<Context, 'output'>, findings: readonly Finding[]): void {
  show(findings, output, () => findings.map(({ what, ok, detail }) => `${ok ? 'ok  ' : 'FAIL'}  ${what}: ${line(detail)}`).join('\n'));
  const faults = findings.filter(({ ok }) => !ok).length;
  if (faults) throw new Refusal(`${faults} of ${findings.length} to mend.`);
}

/** Calls each service behind the gateway with a request that needs its database. */
async function lookAtApi({ api }: Context): Promise<Finding[]> {
  const asked = async (what: string, path: string): Promise<Finding> => {
    try {
      await api.call(`GET ${path}`, { query: { limit: '1' } });
      return { what, ok: true, detail: 'answers' };
    } catch (error) {
      return { what, ok: false, detail: (error as Error).message };
    }
  };
  const before = Date.now();
  const answer = await fetch(`${api.profile.url}/v1/openapi.json`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  const skew = Date.parse(answer.headers.get('date') ?? '') - before;
  const clock = Number.isNaN(skew)
    ? { what: 'clock', ok: true, detail: 'the gateway does not send its time' }
    : { what: 'clock', ok: Math.abs(skew) <= CLOCK_TOLERANCE_MS, detail: `the clocks of the gateway and of this machine are ${Math.abs(Math.round(skew / 1_000))} s apart${Math.abs(skew) > CLOCK_TOLERANCE_MS ? ': synchronize both by NTP, or receivers refuse signatures' : ''}` };
  return [{ what: 'gateway', ok: true, detail: api.profile.url }, clock, await asked('configuration', '/v1/callbacks'), await asked('log', '/v1/deliveries')];
}

async function lookAtService(url: string): Promise<Finding[]> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const { missing = [] } = (await (await fetch(`${url}/health/ready`, { signal })).json()) as { missing?: string[] };
    const metrics = await (await fetch(`${url}/metrics`, { signal })).text();
    const build = /^nuncio_build_info\{(.*)\} 1$/m.exec(metrics)?.[1] ?? '';
    const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(build)?.[1] ?? '?';
    const what = build ? label('service') : url;
    const late = LIMITS.flatMap(({ metric, most, mend }) => {
      const worst = Math.max(0, ...Array.from(metrics.matchAll(new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)$`, 'gm')), ([, value]) => Number(value)).filter((value) => !Number.isNaN(value)));
      return worst > most ? [{ what, ok: false, detail: `${metric} is ${worst}: ${mend}` }] : [];
    });
    const ready = { what, ok: !missing.length, detail: missing.length ? missing.join('; ') : `ready, version ${label('version')}, Node ${label('node')}` };
    return [ready, ...late];
  } catch (error) {
    return [{ what: url, ok: false, detail: `cannot be reached: ${(error as Error).message}` }];
  }
}

/** The services of `npm start`. The gateway does not expose its metrics. */
function devServices(): string[] {
  if (!existsSync(DEV_FILE)) return [];
  const { services = {} } = JSON.parse(readFileSync(DEV_FILE, 'utf8')) as { services?: Record<string, { port: number }> };
  return Object.entries(services).flatMap(([name, { port }]) => (name.startsWith('gateway') ? [] : [`http://127.0.0.1:${port}`]));
}
