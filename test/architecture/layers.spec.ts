import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));

/** Lints each of the texts as if it stood in that file, in a process of its own (the rules ask Nx for the projects), and prints the rules that each breaks. */
const LINT = `
  import { createProjectGraphAsync } from '@nx/devkit';
  import { ESLint } from 'eslint';
  await createProjectGraphAsync(); // the rule reads it from its cache, and is skipped without
  const eslint = new ESLint({ ruleFilter: ({ ruleId }) => /boundaries|restricted/.test(ruleId) });
  const broken = [];
  for (const [filePath, text] of JSON.parse(process.argv[1])) {
    const [result] = await eslint.lintText(text, { filePath });
    broken.push(result.messages.map(({ ruleId }) => ruleId));
  }
  console.log(JSON.stringify(broken));
`;

const cases = [
  ['core that knows Nest', 'libs/retry/src/schedule.ts', "import '@nestjs/common';\n", '@nx/enforce-module-boundaries'],
  ['an adapter that knows the chassis', 'libs/token-store/src/redis.ts', "import '@nuncio/service';\n", '@nx/enforce-module-boundaries'],
  ['a service that knows the tools', 'apps/dispatcher/src/metrics.ts', "import '@nuncio/embedded';\n", '@nx/enforce-module-boundaries'],
  ['a test that knows more than HTTP and Kafka', 'test/fleet/kafka.ts', "import '@nuncio/contracts';\n", '@nx/enforce-module-boundaries'],
  ['a service that opens a socket of its own', 'apps/dispatcher/src/metrics.ts', "import 'undici';\n", '@typescript-eslint/no-restricted-imports'],
] as const;

describe('the lint', () => {
  it('refuses what the layers forbid', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', LINT, JSON.stringify(cases.map(([, place, text]) => [place, text]))], {
      cwd: WORKSPACE,
      env: { ...process.env, NX_DAEMON: 'false', NODE_OPTIONS: '' },
    });
    const broken = JSON.parse(stdout) as string[][];
    expect(cases.map(([what, , , rule], i) => [what, broken[i]?.includes(rule)])).toEqual(cases.map(([what]) => [what, true]));
  }, 120_000);
});
