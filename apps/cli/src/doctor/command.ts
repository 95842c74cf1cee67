import type { Command } from 'commander';
import { Api } from '../api.js';
import { contextOf, type GlobalOptions } from '../context.js';
import { outputOf } from '../output.js';
import { chooseProfile, DEV_FILE } from '../profile.js';
import { checkConnection } from './connection.js';
import { report, type Finding } from './finding.js';
import { checkFleet } from './fleet.js';
import { checkApi, checkGateway } from './gateway.js';
import { diagnoseCredential, diagnoseServer, type ServerOptions } from './oauth.js';
import { checkService, devServices } from './service.js';

export function addDoctor(program: Command): void {
  const doctor = program.command('doctor').description('check the installation, or an authorization server, and say what to correct');
  doctor
    .command('installation', { isDefault: true })
    .description('check the way to the gateway, the API key, every process, their versions, clocks and lags')
    .option('--service <url...>', 'addresses of services, with their own ports, to check without the gateway; default: the services of `npm start`')
    .action(async ({ service }: { service?: readonly string[] }, command: Command) => {
      const { profile, json = false } = command.optsWithGlobals<GlobalOptions>();
      report(await checkInstallation(profile, service), outputOf(json));
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
    .option('--tenant <tenant>', 'whose credential it is, where `ext:<external id>` stands for the id')
    .action(async (credential: string | undefined, options: ServerOptions & { tenant?: string }, command: Command) => {
      if (credential === undefined) {
        report(await diagnoseServer(options), outputOf(command.optsWithGlobals<GlobalOptions>().json ?? false));
        return;
      }
      const { api, output } = await contextOf(command);
      report(await diagnoseCredential(api, credential, options.tenant), output);
    });
}

/** Goes as far as it comes: what needs the gateway is left out without it, and the services named are asked all the same. */
async function checkInstallation(profileName: string | undefined, named: readonly string[] | undefined): Promise<Finding[]> {
  const profile = chooseProfile(profileName);
  const chosen: Finding = { what: 'profile', ok: true, detail: `${profile.url}, from ${profile.from}` };
  const connection = await checkConnection(profile.url);
  const gateway = connection.every(({ ok }) => ok) ? await checkGateway(profile.url) : [];
  const isThere = gateway.length > 0 && gateway.every(({ what, ok }) => ok === true || what !== 'gateway');
  const behind = isThere ? await checkBehind(profile) : [{ what: 'API key, configuration, log, processes, lags', ok: null, detail: 'not checked, since this needs the gateway' }];
  const services = named ?? (profile.from === DEV_FILE ? devServices() : []);
  return [chosen, ...connection, ...gateway, ...behind, ...(await Promise.all(services.map(checkService))).flat()];
}

async function checkBehind(profile: { readonly url: string; readonly key: string }): Promise<Finding[]> {
  try {
    const api = await Api.open(profile);
    const answers = await checkApi(api);
    // A key that is refused is refused everywhere.
    return answers[0]?.ok ? [...answers, ...(await checkFleet(api))] : answers.slice(0, 1);
  } catch (error) {
    return [{ what: 'API', ok: false, detail: (error as Error).message }];
  }
}
