import { execFile, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';

const page = readFileSync(new URL('../../docs/receiving.md', import.meta.url), 'utf8');
const dir = mkdtempSync(join(tmpdir(), 'nuncio-receiving-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

/** A program around each snippet. Its arguments are cases, `scheme|secret|id|timestamp|header|body|now`; it prints true or false for each. */
const LANGUAGES = [
  {
    name: 'Node',
    fence: 'js',
    file: 'verify.mjs',
    run: [process.execPath, 'verify.mjs'],
    main: `for (const arg of process.argv.slice(2)) {
  const [scheme, secret, id, timestamp, header, body, now] = arg.split('|');
  console.log(scheme === 'persona' ? persona(secret, header, Buffer.from(body), Number(now)) : standardWebhooks(secret, id, timestamp, header, Buffer.from(body), Number(now)));
}`,
  },
  {
    name: 'Python',
    fence: 'python',
    file: 'verify.py',
    run: ['python3', 'verify.py'],
    main: `import sys
for arg in sys.argv[1:]:
    scheme, secret, id, timestamp, header, body, now = arg.split("|")
    ok = persona(secret, header, body.encode(), int(now)) if scheme == "persona" else standard_webhooks(secret, id, timestamp, header, body.encode(), int(now))
    print(str(ok).lower())`,
  },
  {
    name: 'Java',
    fence: 'java',
    file: 'Verify.java',
    run: ['java', '-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8', 'Verify.java'],
    // Java's source launcher runs the first class of a file.
    place: (snippet: string, main: string) => snippet.replace('class Webhooks', `${main}\nclass Webhooks`),
    main: `class Verify {
  public static void main(String[] args) throws Exception {
    for (String arg : args) {
      String[] c = arg.split("\\\\|");
      byte[] body = c[5].getBytes(StandardCharsets.UTF_8);
      long now = Long.parseLong(c[6]);
      System.out.println(c[0].equals("persona") ? Webhooks.persona(c[1], c[4], body, now) : Webhooks.standardWebhooks(c[1], c[2], c[3], c[4], body, now));
    }
  }
}`,
  },
  {
    name: 'Go',
    fence: 'go',
    file: 'verify.go',
    run: ['go', 'run', 'verify.go'],
    place: (snippet: string, main: string) => `${snippet.replace('import (', 'import (\n\t"fmt"\n\t"os"')}\n${main}`,
    main: `func main() {
	for _, arg := range os.Args[1:] {
		c := strings.Split(arg, "|")
		now, _ := strconv.ParseInt(c[6], 10, 64)
		if c[0] == "persona" {
			fmt.Println(Persona(c[1], c[4], []byte(c[5]), now))
		} else {
			fmt.Println(StandardWebhooks(c[1], c[2], c[3], c[4], []byte(c[5]), now))
		}
	}
}`,
  },
  {
    name: 'Ruby',
    fence: 'ruby',
    file: 'verify.rb',
    run: ['ruby', 'verify.rb'],
    main: `ARGV.each do |arg|
  scheme, secret, id, timestamp, header, body, now = arg.split('|')
  puts scheme == 'persona' ? !!persona(secret, header, body.b, now.to_i) : !!standard_webhooks(secret, id, timestamp, header, body.b, now.to_i)
end`,
  },
  {
    name: 'PHP',
    fence: 'php',
    file: 'verify.php',
    run: ['php', 'verify.php'],
    main: `foreach (array_slice($argv, 1) as $arg) {
    [$scheme, $secret, $id, $timestamp, $header, $body, $now] = explode('|', $arg);
    echo json_encode($scheme === 'persona' ? persona($secret, $header, $body, (int) $now) : standardWebhooks($secret, $id, $timestamp, $header, $body, (int) $now)), "\\n";
}`,
  },
];

const NOW = 1_764_686_826;
const BODY = '{ "total": 1.0, "name": "Zoë" }';
const standardSecret = (fill: number): string => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;
const PERSONA = ['wbhsec_the newest one', 'wbhsec_the older one'] as const;
const bySecret = (secret: string, at: number): string => `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`evt_1.${at}.${BODY}`).digest('base64')}`;
const byText = (secret: string, at: number): string => `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${BODY}`).digest('hex')}`;

interface Case {
  readonly scheme: 'persona' | 'standard-webhooks';
  readonly secret: string;
  readonly header: string;
  readonly at?: number;
  readonly body?: string;
  readonly valid: boolean;
}

const [newest, older, strange] = [1, 2, 3].map(standardSecret) as [string, string, string];
const both = `${bySecret(newest, NOW)} ${bySecret(older, NOW)}`;
const bothTexts = `${byText(PERSONA[0], NOW)} ${byText(PERSONA[1], NOW)}`;
const cases: readonly Case[] = [
  { scheme: 'standard-webhooks', secret: newest, header: bySecret(newest, NOW), valid: true },
  { scheme: 'standard-webhooks', secret: older, header: both, valid: true },
  { scheme: 'standard-webhooks', secret: strange, header: both, valid: false },
  { scheme: 'standard-webhooks', secret: newest, header: both, body: BODY.replace('1.0', '1'), valid: false },
  { scheme: 'standard-webhooks', secret: newest, header: bySecret(newest, NOW - 301), at: NOW - 301, valid: false },
  { scheme: 'standard-webhooks', secret: newest, header: bySecret(newest, NOW - 299), at: NOW - 299, valid: true },
  { scheme: 'persona', secret: PERSONA[0], header: byText(PERSONA[0], NOW), valid: true },
  { scheme: 'persona', secret: PERSONA[0], header: bothTexts, valid: true },
  { scheme: 'persona', secret: PERSONA[1], header: bothTexts, valid: true },
  { scheme: 'persona', secret: 'wbhsec_another', header: bothTexts, valid: false },
  { scheme: 'persona', secret: PERSONA[0], header: bothTexts, body: BODY.replace('1.0', '1'), valid: false },
  { scheme: 'persona', secret: PERSONA[0], header: byText(PERSONA[0], NOW - 301), valid: false },
];

describe('what docs/receiving.md has receivers verify with', () => {
  it('is written in six languages', () => {
    expect(LANGUAGES.map(({ name }) => name).filter((name) => !page.includes(`### ${name}\n`))).toEqual([]);
  });

  for (const { name, fence, file, run, main, place = (snippet: string, after: string) => `${snippet}\n${after}\n` } of LANGUAGES) {
    const [command = '', ...args] = run;
    const isInstalled = !spawnSync(command, [command === 'go' ? 'version' : '--version']).error;
    if (!isInstalled) process.stderr.write(`docs/receiving.md: ${name} is not installed, its snippet is NOT tried\n`);
    (isInstalled || process.env.CI ? it : it.skip)(`takes in ${name} what is genuine, with either secret of a rotation, and nothing else`, async () => {
      const snippet = new RegExp(`### ${name}\\n\\n\`\`\`${fence}\\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? '';
      writeFileSync(join(dir, file), place(snippet, main));
      const given = cases.map(({ scheme, secret, header, at = NOW, body = BODY }) => [scheme, secret, 'evt_1', at, header, body, NOW].join('|'));
      const { stdout } = await promisify(execFile)(command, [...args, ...given], { cwd: dir, env: { ...process.env, NODE_OPTIONS: '', LC_ALL: 'C.UTF-8', GO111MODULE: 'off' } });
      const said = stdout.trim().split('\n');
      expect(cases.map(({ scheme, valid }, i) => ({ i, scheme, said: said[i], valid }))).toEqual(cases.map(({ scheme, valid }, i) => ({ i, scheme, said: String(valid), valid })));
    });
  }
});

it('names every scheme and every profile', () => {
  const workspace = fileURLToPath(new URL('../..', import.meta.url));
  const names = globSync(['libs/signing/src/*.ts', 'libs/retry/src/*.ts'], { cwd: workspace }).flatMap((file) => Array.from(readFileSync(join(workspace, file), 'utf8').matchAll(/^ {2}name: '([a-z-]+)',$/gm), ([, name = '']) => name));
  expect(names.length).toBeGreaterThanOrEqual(6);
  // The scheme without signatures has no snippet.
  expect(names.filter((name) => name !== 'none' && !page.includes(`\`${name}\``))).toEqual([]);
});
