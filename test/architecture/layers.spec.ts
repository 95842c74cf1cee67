import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Lints each text as the content of that file, in a process of its own (the rules ask Nx for the projects), and prints the rules that each line
 * breaks.
 */
const LINT = `
  import { createProjectGraphAsync } from '@nx/devkit';
  import { ESLint } from 'eslint';
  await createProjectGraphAsync(); // the rule reads it from its cache, and is skipped without
  const eslint = new ESLint({ ruleFilter: ({ ruleId }) => /boundaries|restricted/.test(ruleId) });
  const broken = [];
  for (const [filePath, lines] of JSON.parse(process.argv[1])) {
    const [{ messages }] = await eslint.lintText(lines.join('\\n'), { filePath });
    broken.push(...lines.map((_text, i) => messages.filter(({ line }) => line === i + 1).map(({ ruleId }) => ruleId)));
  }
  console.log(JSON.stringify(broken));
`;

const LAYERS = '@nx/enforce-module-boundaries';
const IMPORTS = '@typescript-eslint/no-restricted-imports';

/** Lines that must not be in a file, and the rule that forbids them; null = allowed. */
const files: [place: string, lines: [text: string, rule: string | null][]][] = [
  ['libs/retry/src/schedule.ts', [["import '@nestjs/common';", LAYERS]]],
  ['libs/token-store/src/redis.ts', [["import '@nuncio/service';", LAYERS]]],
  [
    'apps/gateway/src/app.module.ts',
    [
      ["import { ResourcesModule } from '@nuncio/service';", IMPORTS],
      ["import { APP_INTERCEPTOR } from '@nestjs/core';", IMPORTS],
      ["import { UseInterceptors } from '@nestjs/common';", IMPORTS],
      ["import { AuthModule } from '@nuncio/service';", null],
      ["import 'undici';", IMPORTS],
    ],
  ],
  ['test/fleet/kafka.ts', [["import '@nuncio/contracts';", LAYERS]]],
  ['apps/console/src/routes.ts', [["import '@nuncio/contracts';", LAYERS]]],
  [
    'apps/dispatcher/src/metrics.ts',
    [
      ["import '@nuncio/embedded';", LAYERS],
      ["import 'undici';", IMPORTS],
      ["import 'undici/lib/core/connect.js';", IMPORTS],
      ["import { connect } from 'node:net';", IMPORTS],
      ["import 'dns/promises';", IMPORTS],
      ["import 'node:http2';", IMPORTS],
      ["export * from 'tls';", IMPORTS],
      ["import type { Socket } from 'node:net';", null],
      ["void import('node:https');", 'no-restricted-syntax'],
      ["process.getBuiltinModule('net');", 'no-restricted-syntax'],
      ["import { createRequire } from 'node:module'; createRequire('.');", 'no-restricted-syntax'],
      ["void fetch('http://10.0.0.1/');", 'no-restricted-globals'],
      ["new WebSocket('ws://10.0.0.1/');", 'no-restricted-globals'],
      ["void globalThis.fetch('http://10.0.0.1/');", 'no-restricted-properties'],
    ],
  ],
  [
    'libs/egress/src/connect.ts',
    [
      ["import { connect } from 'node:net';", null],
      ["import 'undici';", null],
    ],
  ],
];

describe('the lint', () => {
  it('follows the layers, and opens every socket to a receiver in libs/egress', async () => {
    const texts = files.map(([place, lines]) => [place, lines.map(([text]) => text)]);
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', LINT, JSON.stringify(texts)], {
      cwd: WORKSPACE,
      // TSESTREE_SINGLE_RUN: with CI=true the parser would assume the lint command, and read the files of these names instead of the texts.
      env: { ...process.env, NX_DAEMON: 'false', NODE_OPTIONS: '', TSESTREE_SINGLE_RUN: 'false' },
    });
    const broken = JSON.parse(stdout) as string[][];
    const lines = files.flatMap(([place, some]) => some.map(([text, rule]) => ({ what: `${place}: ${text}`, rules: rule === null ? [] : [rule] })));
    expect(lines.map(({ what }, i) => ({ what, rules: broken[i] }))).toEqual(lines);
  });
});
