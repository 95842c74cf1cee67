import { always, Receiver } from '@nuncio/fixtures';
import type { Installation } from './installation.js';
import { FIRST } from './load.js';
import { percentilesOf, type Percentiles } from './measurement.js';
import { Neighbours } from './neighbours.js';
import type { Options } from './options.js';

const NEIGHBOURS = 99;
const SECONDS = 120;
const WARM_UP_SECONDS = 5;
const BAD = 'hanging-neighbour';

interface NeighbourLine {
  readonly bench: 'neighbour';
  readonly seconds: number;
  /** The hanging endpoint's share of the traffic. */
  readonly share: number;
  /** Latencies of the other 99, from published to received. */
  readonly without: Percentiles;
  readonly with: Percentiles;
  readonly lost: number;
  /** With the hanging endpoint, relative to without. */
  readonly p95Ratio: number;
  readonly throughputRatio: number;
}

/** 200 events a second to 100 endpoints: how much slower the other 99 get when one of them hangs. */
export async function neighbour(installation: Installation, { seconds: given, share }: Options): Promise<NeighbourLine> {
  const seconds = given ?? SECONDS;
  const { receiver, api } = installation;
  const hanging = await Receiver.start(always('hang'));
  const callback = await installation.endpoint(BAD, receiver.url);
  const isBad = (n: number): boolean => Math.floor((n + 1) * share) > Math.floor(n * share);
  const neighbours = await Neighbours.start(installation, NEIGHBOURS, FIRST.neighbour, BAD, isBad);

  await neighbours.run(WARM_UP_SECONDS);
  const without = await neighbours.run(seconds);
  await api.patch(`/v1/callbacks/${callback}`, { url: hanging.url });
  const withIt = await neighbours.run(seconds);
  await api.patch(`/v1/callbacks/${callback}`, { enabled: false });
  await neighbours.disconnect();
  await hanging.close();
  const [before, after] = [percentilesOf(without.latencies), percentilesOf(withIt.latencies)];
  return {
    bench: 'neighbour',
    seconds,
    share,
    without: before,
    with: after,
    lost: withIt.lost,
    p95Ratio: Math.round((after.p95 / before.p95) * 100) / 100,
    throughputRatio: Math.round((withIt.perSecond / without.perSecond) * 1_000) / 1_000,
  };
}
