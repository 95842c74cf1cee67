import type { z } from 'zod';

type Raw = z.core.$ZodRawIssue;

/** The message for a value that fits none of several schemas; `check` replaces it by a better one. */
export const OF_ANOTHER_KIND = 'must be of another kind';

const NAMES: Readonly<Record<string, string>> = { int: 'a whole number', boolean: 'true or false', array: 'an array', object: 'an object', record: 'an object', null: 'null' };

/** Says what a value must be ("must be a number") if its schema has no message of its own. Passed to zod as `error` of a parse. */
export function words(issue: Raw): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${NAMES[issue.expected] ?? `a ${issue.expected}`}`;
    case 'too_small':
      return limit(issue.origin, Number(issue.minimum), issue.inclusive ? 'at least' : 'more than');
    case 'too_big':
      return limit(issue.origin, Number(issue.maximum), issue.inclusive ? 'at most' : 'less than');
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union':
      return Array.isArray(issue.options) && issue.options.length ? oneOf(issue.options) : OF_ANOTHER_KIND;
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a URL that begins with http:// or https://' : `must match ${issue.pattern ?? issue.format}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return undefined;
  }
}

const COUNTED: Readonly<Record<string, string>> = { string: 'character', array: 'item', set: 'item', map: 'entry', record: 'entry' };

function limit(origin: string, most: number, which: string): string {
  const unit = COUNTED[origin];
  if (unit === undefined) return `must be ${which} ${most}`;
  if (which === 'at least' && most === 1) return 'must not be empty';
  return `must have ${which} ${most} ${most === 1 ? unit : unit.replace(/y$/, 'ie').concat('s')}`;
}

const oneOf = (values: readonly unknown[]): string => `must be ${values.length > 1 ? 'one of ' : ''}${values.map(String).join(', ')}`;
