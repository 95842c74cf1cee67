import { coloured, line, show, type Output } from '../output.js';
import { Refusal } from '../refusal.js';

/** The result of one check. */
export interface Finding {
  readonly what: string;
  /** null = it could not be checked. */
  readonly ok: boolean | null;
  /** The result; for a fault, also what to do about it. */
  readonly detail: string;
}

/** The runbook for a process that lacks something, by what its fault says. */
const RUNBOOKS: readonly (readonly [fault: RegExp, page: string])[] = [[/Redis/, 'redis-away.md'], [/lacks the right/, 'kafka-refused.md']];

/** The faults of a process in a sentence, with the runbook for the first of them that has one of its own. */
export function withRunbook(faults: readonly string[]): string {
  const [, page = 'service-down.md'] = RUNBOOKS.find(([fault]) => faults.some((one) => fault.test(one))) ?? [];
  return `${faults.join('; ')} (docs/runbooks/${page})`;
}

const CLOCK_TOLERANCE_MS = 5_000;

/** How far another clock is from this machine's. */
export function clockFinding(what: string, theirs: number, ours = Date.now()): Finding {
  const apart = Math.abs(theirs - ours);
  const ok = apart <= CLOCK_TOLERANCE_MS;
  return { what, ok, detail: `${Math.round(apart / 1_000)} s apart from the clock of this machine${ok ? '' : ': synchronize both by NTP. Receivers refuse signatures whose time is wrong'}` };
}

const WORDS = { ok: 'ok   ', fault: 'FAIL ', unknown: '-    ' };

/** Prints one line for each check. Throws a Refusal if there is something to correct. */
export function report(findings: readonly Finding[], output: Output): void {
  show(findings, output, () => findings.map(({ what, ok, detail }) => `${coloured(ok === null ? WORDS.unknown : ok ? WORDS.ok : WORDS.fault, output)} ${what}: ${line(detail)}`).join('\n'));
  const faults = findings.filter(({ ok }) => ok === false).length;
  if (faults) throw new Refusal(`${faults} of ${findings.length} checks failed.`);
}
