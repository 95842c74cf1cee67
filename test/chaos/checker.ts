import { coursesOf, disturbed, workOf, type Course, type Span } from './course.js';
import { RECEIVERS_STOOD_STILL, type Arrived, type Attempted, type Disturbance, type History } from './history.js';

type Rule = 'lost' | 'false success' | 'early' | 'gap' | 'repeated' | 'requests' | 'bytes' | 'stored';

/** A broken promise. */
export interface Violation {
  readonly rule: Rule;
  /** What it is about: an event for an endpoint, or an attempt. */
  readonly of: string;
  readonly detail: string;
}

/** How long after a standstill a receiver may read what came during it. */
const SEEN_LATE_MS = 1_000;

/** Violations that more time cannot repair, so that a run may stop. */
const FOR_GOOD: readonly Rule[] = ['early', 'repeated', 'bytes'];
export const isForGood = ({ rule }: Violation): boolean => FOR_GOOD.includes(rule);

/** Every promise that the history shows to be broken, once everything has healed and settled. Pure: the same history always gives the same result. */
export function check(history: History): Violation[] {
  const courses = coursesOf(history);
  const perCourse = [lost, falseSuccess, early, gap, repeated, requests, bytes];
  const context: Context = { deadLetters: new Set(history.deadLetters.map(({ delivery }) => delivery)), work: workOf(history), disturbances: history.disturbances };
  return [...courses.flatMap((course) => perCourse.flatMap((rule) => rule(course, context))), ...deadLettersOf(courses, history), ...stored(history)];
}

/** What a rule knows of the rest of the run. */
interface Context {
  /** Deliveries with a dead letter. */
  readonly deadLetters: ReadonlySet<string>;
  readonly work: (request: Arrived) => Span;
  readonly disturbances: readonly Disturbance[];
}

/** Nothing accepted is lost: it is delivered; or, if the endpoint never succeeds, it has gone through its whole schedule and has a dead letter. */
function lost({ name, endpoint, published, attempted }: Course, { deadLetters }: Context): Violation[] {
  if (typeof published?.acceptedAt !== 'number' || attempted.some(({ outcome }) => outcome === 'delivered')) return [];
  const violation = (detail: string): Violation[] => [{ rule: 'lost', of: name, detail: `${detail}; attempts ${numbersOf(attempted).join(', ') || 'none'}` }];
  const last = attempted.find(({ step }) => step === 'dead');
  if (!last) return violation('neither delivered nor given up');
  if (endpoint.recovers) return violation(`given up after attempt ${last.number}, though its endpoint recovers`);
  if (last.number !== endpoint.delaysMs.length + 1) return violation(`given up after attempt ${last.number} of ${endpoint.delaysMs.length + 1}`);
  return deadLetters.has(last.delivery) ? [] : violation('given up without a dead letter');
}

/** No false success: for each attempt number, receivers have seen as many successes as are recorded. */
function falseSuccess({ name, arrived, attempted }: Course): Violation[] {
  const successes = attempted.filter(({ outcome }) => outcome === 'delivered');
  return numbersOf(successes).flatMap((number): Violation[] => {
    const recorded = successes.filter((attempt) => attempt.number === number).length;
    const answered = arrived.filter((request) => request.number === number && isSuccess(request)).length;
    return recorded > answered
      ? [
          {
            rule: 'false success',
            of: name,
            detail: `attempt ${number} is recorded as delivered ${recorded} times and was answered with success ${answered} times`,
          },
        ]
      : [];
  });
}

/**
 * No retry is early: never before the end of the failed attempt plus its delay. If a crash repeated an attempt, the first one counts. If its receiver
 * saw it only after Nuncio had given up, the recorded end counts. A receiver that stood still saw requests late and in another order, so that what it saw then is no measure.
 */
function early({ name, endpoint: { delaysMs }, arrived, attempted }: Course, { disturbances }: Context): Violation[] {
  const standstills = disturbances.filter(({ what }) => what === RECEIVERS_STOOD_STILL);
  const isSeenLate = ({ at }: Arrived): boolean => standstills.some(({ from, to }) => from <= at && at <= to + SEEN_LATE_MS);
  const violation = (number: number, detail: string): Violation => ({ rule: 'early', of: name, detail: `attempt ${number} ${detail}` });
  const arrivals = arrived.flatMap(({ number, at }): Violation[] => {
    const seen = arrived.filter((request) => request.number === number - 1 && !isSeenLate(request)).map((request) => request.answeredAt ?? request.at);
    const recorded = attempted.filter((attempt) => attempt.number === number - 1).map(({ endedAt }) => endedAt);
    if (seen.length + recorded.length === 0) return [];
    const due = Math.min(...seen, ...recorded) + (delaysMs[number - 2] ?? 0);
    return at < due ? [violation(number, `arrived ${due - at} ms before it was due`)] : [];
  });
  const plans = attempted.flatMap(({ number, endedAt, notBefore }): Violation[] => {
    const due = endedAt + (delaysMs[number - 1] ?? 0);
    return notBefore !== null && notBefore < due ? [violation(number + 1, `is planned ${due - notBefore} ms before it is due`)] : [];
  });
  return [...arrivals, ...plans];
}

/** Attempts are numbered from 1 without gaps. */
function gap({ name, attempted }: Course): Violation[] {
  const numbers = numbersOf(attempted);
  return numbers.some((number, i) => number !== i + 1) ? [{ rule: 'gap', of: name, detail: `attempts are numbered ${numbers.join(', ')}` }] : [];
}

/** An attempt number arrives twice only across a disturbance, and only if the first had not finished long before it. */
function repeated({ name, arrived }: Course, { work, disturbances }: Context): Violation[] {
  return [...Map.groupBy(arrived, ({ number }) => number)].flatMap(([number, same]) =>
    same.slice(1).flatMap((again, i): Violation[] => {
      const before = same[i];
      if (!before || disturbed(disturbances, work(before)).some(({ from }) => from <= again.at)) return [];
      return [
        {
          rule: 'repeated',
          of: name,
          detail: `attempt ${number} arrived at ${before.at} and again ${again.at - before.at} ms later, with no crash to explain it`,
        },
      ];
    }),
  );
}

/**
 * The requests of the recorded attempts are those that arrived. There may be fewer by what crashes cut off, and more by what a standstill kept from
 * being sent.
 */
function requests({ name, arrived, attempted }: Course, { work, disturbances }: Context): Violation[] {
  const cut = (span: Span): boolean => disturbed(disturbances, span).length > 0;
  return numbersOf([...arrived, ...attempted]).flatMap((number): Violation[] => {
    const seen = arrived.filter((request) => request.number === number);
    const made = attempted.filter((attempt) => attempt.number === number);
    const difference = made.reduce((sum, attempt) => sum + attempt.requests, 0) - seen.length;
    const explained =
      difference > 0
        ? made.filter(({ status, startedAt, endedAt }) => status === null && cut({ from: startedAt, to: endedAt })).length
        : seen.filter((request) => cut(work(request))).length;
    if (Math.abs(difference) <= explained) return [];
    return [
      {
        rule: 'requests',
        of: name,
        detail: `attempt ${number}: ${seen.length} requests arrived and ${seen.length + difference} are recorded; crashes explain ${explained}`,
      },
    ];
  });
}

/** Everything that arrives was published, byte for byte. */
function bytes({ name, published, arrived }: Course): Violation[] {
  return arrived.flatMap(({ number, body }): Violation[] => {
    if (published === null) return [{ rule: 'bytes', of: name, detail: `attempt ${number} of an event that nobody published for it` }];
    return body === published.body ? [] : [{ rule: 'bytes', of: name, detail: `attempt ${number} has other bytes than the event` }];
  });
}

/** Dead letters have the published bytes. */
function deadLettersOf(courses: readonly Course[], { deadLetters }: History): Violation[] {
  const bodies = new Map(
    courses.flatMap(({ published, attempted }) => (published ? attempted.map(({ delivery }) => [delivery, published.body] as const) : [])),
  );
  return deadLetters.flatMap(({ delivery, body }): Violation[] =>
    bodies.has(delivery) && bodies.get(delivery) !== body ? [{ rule: 'bytes', of: delivery, detail: 'its dead letter has other bytes than the event' }] : [],
  );
}

/** The API shows every recorded attempt once. */
function stored({ attempted, stored }: History): Violation[] {
  const recorded = new Set(attempted.map(({ id }) => id));
  const shown = Map.groupBy(stored, (id) => id);
  const missing = [...recorded].filter((id) => !shown.has(id)).map((of): Violation => ({ rule: 'stored', of, detail: 'is recorded and not shown' }));
  const extra = [...shown].flatMap(([of, { length }]): Violation[] => {
    if (length > 1) return [{ rule: 'stored', of, detail: `is shown ${length} times` }];
    return recorded.has(of) ? [] : [{ rule: 'stored', of, detail: 'is shown and not recorded' }];
  });
  return [...missing, ...extra];
}

const isSuccess = ({ status }: Arrived): boolean => status !== null && status >= 200 && status < 300;

const numbersOf = (items: readonly Pick<Attempted | Arrived, 'number'>[]): number[] => [...new Set(items.map(({ number }) => number))].sort((a, b) => a - b);
