/** A deliberate bug: texts in built files, and their replacements. */
export interface Mutant {
  readonly name: string;
  readonly replacements: readonly Replacement[];
  /** The number of brokers needed to detect it; absent = any. */
  readonly brokers?: 3;
}

interface Replacement {
  /** Path from the workspace's root. */
  readonly file: string;
  /** Occurs exactly once. */
  readonly find: string;
  readonly put: string;
}

const one = (name: string, file: string, find: string, put: string): Mutant => ({ name, replacements: [{ file, find, put }] });

/** Bugs of the dispatcher that the checker must detect: a checker that never fails proves nothing. */
export const mutants: readonly Mutant[] = [
  one(
    'commit-before-produce',
    'apps/dispatcher/dist/intake/settle.js',
    'if ((await work()) === false)',
    'record.done();\n        if ((await work()) === false)',
  ),
  one(
    'drop-a-hold',
    'apps/dispatcher/dist/delivery/holds.js',
    'await recorder.travel(topic,',
    'if (delivery.holds > 0) await recorder.travel(topic,',
  ),
  one(
    'early-retry',
    'libs/retry/dist/schedule.js',
    'return endedAt + Math.ceil(Math.max(delayMs, askedMs))',
    'return endedAt + Math.ceil(Math.max(delayMs, askedMs)) - 300',
  ),
  one(
    'skip-a-number',
    'apps/dispatcher/dist/delivery/delivery.js',
    "number: delivery.number + 1,\n    reason: 'retry'",
    "number: delivery.number + (delivery.number === 2 ? 2 : 1),\n    reason: 'retry'",
  ),
  one('swallow-a-produce-error', 'libs/kafka/dist/producing/batch-producer.js', 'if (!(outcome instanceof Error)) {', 'if (true) {'),
  one('wrong-watermark', 'libs/kafka/dist/consuming/offset-tracker.js', 'for (const offset of this.#inWork.keys())\n            return offset;', ''),
  one('shifted-bitmap', 'libs/kafka/dist/consuming/commit-metadata.js', 'finished.add(watermark + 1 + byte', 'finished.add(watermark + byte'),
  one(
    'false-success',
    'apps/dispatcher/dist/attempt/judge.js',
    'if (matchesStatus(policy.successStatuses, status))',
    'if (matchesStatus(policy.successStatuses, status) || status === 500)',
  ),
  one(
    'forgotten-fact',
    'apps/dispatcher/dist/delivery/pipeline.js',
    'await recorder.attempted(delivery, attempt, next, waited, span?.traceparent);',
    "if (attempt.outcome.kind === 'delivered' || delivery.number !== 2) await recorder.attempted(delivery, attempt, next, waited, span?.traceparent);",
  ),
  one(
    'changed-bytes',
    'apps/dispatcher/dist/delivery/recorder.js',
    '{ key, value: event.payload,',
    '{ key, value: Buffer.from(event.payload.toString().trimEnd()),',
  ),
  { ...one('answers-per-broker', 'libs/kafka/dist/connection/leaders.js', 'answer.errorCode === 0;', '[0, 6].includes(answer.errorCode);'), brokers: 3 },
];
