import type { Arrived, Attempted, Disturbance, Endpoint, History, Published } from './history.js';

/** A delivery that finished this long before a disturbance may not have been committed: 250 ms, and the delay of a slow machine. */
const SETTLING_MS = 1_500;

/** Everything known about one event for one endpoint. */
export interface Course {
  /** `<event> for <endpoint>`. */
  readonly name: string;
  readonly endpoint: Endpoint;
  /** null = nobody published it. */
  readonly published: Published | null;
  readonly arrived: readonly Arrived[];
  readonly attempted: readonly Attempted[];
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The courses of everything published, and of whatever else arrived or was recorded. */
export function coursesOf(history: History): Course[] {
  const published = new Map(history.published.map((one) => [one.event, one]));
  const arrived = Map.groupBy(history.arrived, keyOf);
  const attempted = Map.groupBy(oncePerId(history.attempted), keyOf);
  const expected = history.published.flatMap(({ event, to }) => to.map((endpoint) => keyOf({ event, endpoint })));
  return [...new Set([...expected, ...arrived.keys(), ...attempted.keys()])].map((key) => {
    const [event = '', name = ''] = key.split(' ');
    const endpoint = history.endpoints.find((one) => one.name === name);
    if (!endpoint) throw new Error(`the history names an endpoint "${name}" that it does not describe`);
    const offered = published.get(event);
    return {
      name: `${event} for ${name}`,
      endpoint,
      published: offered?.to.includes(name) ? offered : null,
      arrived: (arrived.get(key) ?? []).toSorted((a, b) => a.at - b.at),
      attempted: attempted.get(key) ?? [],
    };
  });
}

/** The time from a request's arrival to the end of the work on its record, which all first attempts of an event share. */
export function workOf(history: History): (request: Arrived) => Span {
  const timeouts = new Map(history.endpoints.map(({ name, timeoutMs }) => [name, timeoutMs]));
  const endOf = ({ endpoint, at, answeredAt }: Arrived): number => answeredAt ?? at + (timeouts.get(endpoint) ?? 0);
  const firsts = Map.groupBy(
    history.arrived.filter(({ number }) => number === 1),
    ({ event }) => event,
  );
  const ends = new Map([...firsts].map(([event, requests]) => [event, Math.max(...firstOfEach(requests).map(endOf))]));
  return (request) => ({ from: request.at, to: request.number === 1 ? Math.max(endOf(request), ends.get(request.event) ?? 0) : endOf(request) });
}

/** The disturbances that may have interrupted this time, or lost its result. */
export const disturbed = (disturbances: readonly Disturbance[], { from, to }: Span): Disturbance[] =>
  disturbances.filter((disturbance) => disturbance.from - SETTLING_MS <= to && disturbance.to + SETTLING_MS >= from);

/** If Kafka dies while it acknowledges, it has the record and gets it again: one attempt with one id. */
const oncePerId = (records: readonly Attempted[]): Attempted[] => [...new Map(records.map((record) => [record.id, record])).values()];

const keyOf = ({ event, endpoint }: { readonly event: string; readonly endpoint: string }): string => `${event} ${endpoint}`;

const firstOfEach = (requests: readonly Arrived[]): Arrived[] =>
  [...Map.groupBy(requests, ({ endpoint }) => endpoint).values()].map((same) => same.reduce((a, b) => (a.at <= b.at ? a : b)));
