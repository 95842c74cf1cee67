import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { number } from '../parts/numbers.js';
import { ProblemBox } from '../parts/problem-box.js';
import { State } from '../parts/state.js';
import { duration, Time } from '../parts/time.js';
import { Lags } from './lags.js';
import { alone, sentenceOf, silentFor, type Instance } from './standing.js';

const LOOK_EVERY_MS = 5_000;

/** Answers: is it us? Every process as it reported last, and how far each consumer group is behind. */
export function FleetPage(): ReactElement {
  const { data, error, refetch } = useQuery({ queryKey: ['fleet'], queryFn: () => answer(api.GET('/v1/fleet')), refetchInterval: LOOK_EVERY_MS });
  if (error && !data) return <ProblemBox error={error} retry={() => void refetch()} isPage />;
  return (
    <>
      <div className="head">
        <title>Fleet · Nuncio</title>
        <h1 className="sentence">{data ? sentenceOf(data) : 'Looking…'}</h1>
        {data && <span className="soft">as of <Time at={data.at} /></span>}
      </div>
      {data ? <Shown fleet={data} /> : <section className="panel"><div className="inside"><div className="skeleton" /></div></section>}
    </>
  );
}

function Shown({ fleet }: { fleet: Schemas['Fleet'] }): ReactElement {
  const { instances, groups, at } = fleet;
  const single = alone(fleet);
  return (
    <>
      <section className="panel">
        <header><h2>Processes</h2><span className="soft">one that is silent for more than 15 s may be gone</span></header>
        <div className="scroll" tabIndex={0} role="region" aria-label="Processes">
          <table>
            <thead><tr><th scope="col">Service</th><th scope="col">State</th><th scope="col" className="minor">Process</th><th scope="col" className="minor">Version</th><th scope="col" className="minor">Since</th><th scope="col" className="minor">Heard</th></tr></thead>
            <tbody>{instances.map((instance) => <Process key={`${instance.service} ${instance.instance} ${instance.since}`} instance={instance} at={at} />)}</tbody>
          </table>
        </div>
      </section>
      <Dispatchers instances={instances.filter((instance) => instance.gauges)} at={at} />
      <Lags groups={groups} />
      {single.length > 0 && (
        <section className="panel">
          <header><h2>Alone</h2><span className="soft">one process of each; while it is away:</span></header>
          <dl className="inside alone">{single.map(({ service, lost }) => <div key={service}><dt><strong>{service}</strong></dt><dd>{lost}</dd></div>)}</dl>
        </section>
      )}
    </>
  );
}

function Process({ instance, at }: { instance: Instance; at: string }): ReactElement {
  const { service, instance: name, version, since, seenAt, ready, faults } = instance;
  const silent = silentFor(instance, at);
  return (
    <tr className={silent === null ? '' : 'soft'}>
      <td>{service}</td>
      <td>
        <State of={silent !== null ? 'silent' : ready ? 'ready' : 'not ready'} as={silent === null ? undefined : `silent for ${duration(silent)}`} />
        {silent === null && faults.map((fault) => <div key={fault}>{fault}</div>)}
      </td>
      <td className="minor"><code>{name}</code></td>
      <td className="minor">{version}</td>
      <td className="minor"><Time at={since} /></td>
      <td className="minor"><Time at={seenAt} /></td>
    </tr>
  );
}

/** What each dispatcher has to do. */
function Dispatchers({ instances, at }: { instances: readonly Instance[]; at: string }): ReactElement | null {
  if (instances.length === 0) return null;
  return (
    <section className="panel">
      <header><h2>Dispatchers</h2><span className="soft">deliveries, as each told last</span></header>
      <div className="scroll" tabIndex={0} role="region" aria-label="Dispatchers">
        <table>
          <thead><tr><th scope="col">Process</th><th scope="col" className="number">In flight</th><th scope="col" className="number">Queued</th><th scope="col" className="number">Held</th><th scope="col" className="number minor">Oldest unfinished</th><th scope="col" className="number minor">Watermark span</th></tr></thead>
          <tbody>
            {instances.map((instance) => {
              const { instance: name, since, gauges } = instance;
              return gauges && (
                <tr key={`${name} ${since}`} className={silentFor(instance, at) === null ? '' : 'soft'}>
                  <td><code>{name}</code></td>
                  <td className="number">{number.format(gauges.inFlight)}</td>
                  <td className="number">{number.format(gauges.queued)}</td>
                  <td className="number">{number.format(gauges.held)}</td>
                  <td className="number minor">{duration(gauges.oldestUnfinishedSeconds * 1_000)}</td>
                  <td className="number minor">{number.format(gauges.watermarkSpan)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
