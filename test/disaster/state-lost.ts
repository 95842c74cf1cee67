import { followRunbook } from './runbook.js';
import { Flow, insist, type Drilled, type Site } from './site.js';

/** The topic `config.state` is deleted while a dispatcher restarts and configuration changes. */
export async function stateLost(site: Site): Promise<Drilled> {
  const { fleet, services } = site;
  const { api, cluster } = fleet;
  const flow = await Flow.begin(fleet);
  const from = Date.now();
  await cluster.lose('config.state');
  // A dispatcher that starts now has no configuration, and must not treat events as unmatched.
  await services.kill('dispatcher');
  const starting = services.start('dispatcher').catch(() => undefined);
  await api.patch(`/v1/callbacks/${flow.callback}`, { name: 'renamed meanwhile' });

  const commandsAt = Date.now();
  const said = await followRunbook(site, 'The topic config.state is gone');
  const commandSeconds = (Date.now() - commandsAt) / 1_000;
  insist(said.includes(' 0 of which were not what their events say'), `rebuild finds the database as its events say: ${said}`);
  await starting;
  await flow.goesOn();
  await flow.tenant.inForce();
  const seconds = (Date.now() - from) / 1_000;
  const answer = await flow.end();
  const unmatched = await api.all<{ id: string }>('/v1/events', { tenant: flow.tenant.id, unmatched: 'no-subscription' });
  insist(unmatched.length === 0, `no event was taken for nobody's: ${unmatched.length} were`);
  return { drill: 'config.state lost', seconds, commandSeconds, ...answer, lost: 'nothing' };
}
