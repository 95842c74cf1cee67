import { spawn } from 'node:child_process';

interface Run {
  /** The OpenAPI document. */
  readonly file: string;
  readonly url: string;
  readonly key: string;
  /** The directory for its files. */
  readonly dir: string;
  /** Cases for each operation. */
  readonly examples: number;
  readonly minutes: number;
}

const CHECKS = ['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_schema_conformance'];

/** Runs it; its report goes to standard error, also if its time is up (SIGINT). `ok`: no check failed, and it finished in time. */
export async function schemathesis(command: string, { file, url, key, dir, examples, minutes }: Run): Promise<{ ok: boolean; cases: number }> {
  const child = spawn(
    command,
    [
      'run',
      file,
      ...['--url', url],
      ...['--header', `Authorization: Bearer ${key}`],
      ...['--phases', 'examples,coverage,fuzzing'],
      ...['--checks', CHECKS.join(',')],
      ...['--max-examples', String(examples)],
      ...['--workers', '2'],
      ...['--seed', '1'],
      ...['--suppress-health-check', 'all'],
      ...['--request-timeout', '30'],
      // Streams take two minutes; log.spec.ts tests them.
      ...['--exclude-path-regex', '/stream$'],
      '--no-color',
    ],
    { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'], timeout: minutes * 60_000, killSignal: 'SIGINT' },
  );
  let report = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    report += text;
    process.stderr.write(text);
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { ok: status === 0, cases: Number(/(\d+) generated/.exec(report)?.[1] ?? 0) };
}
