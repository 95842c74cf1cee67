import { z } from 'zod';

/** What a setting must be, in words, if its schema has no message of its own. */
export function settingWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'must be a whole number' : `must be a ${issue.expected}`;
    case 'too_small':
      return issue.origin === 'string' ? `must have at least ${issue.minimum} characters` : `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' ? `must have at most ${issue.maximum} characters` : `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a URL that begins with http:// or https://' : `must match ${issue.pattern ?? issue.format}`;
    default:
      return undefined;
  }
}

/** One line for each setting that is missing or wrong, by its name: `KAFKA_BROKERS is missing: the brokers, host:port, comma list`. */
export function settingFaults(error: z.ZodError | undefined, env: NodeJS.ProcessEnv, told: ReadonlySet<string> = new Set()): string[] {
  return (error?.issues ?? []).flatMap(({ path, message }) => {
    const name = path.join('.');
    if (told.has(name)) return [];
    return [env[name] ? `${name}: ${message}` : `${name} is missing: ${message.replace(/^must be (?:a |an )?/, '')}`];
  });
}
