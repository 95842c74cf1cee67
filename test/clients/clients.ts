import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The parameters of a flow: an unused tenant's id, the installation, and an address for deliveries. */
interface Surroundings {
  readonly name: string;
  readonly url: string;
  readonly key: string;
  readonly receiver: string;
}
/** Generates a client from the document into a directory, compiles the flow with it, and runs it. Throws with the output if any step fails. */
type Client = (document: string, dir: string, surroundings: Surroundings) => Promise<void>;

const GENERATOR = '7.17.0';
const OAPI_CODEGEN = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2';
const ROOT = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../' : '../../../', import.meta.url));
const flow = (file: string): string => join(ROOT, 'test/clients/flows', file);

/** The path of a package's file, wherever npm has installed it. */
const programOf = (name: string, path: string): string => join(createRequire(import.meta.url).resolve(`${name}/package.json`), '..', path);

const exec = promisify(execFile);
async function run(cwd: string, env: Readonly<Record<string, string>>, command: string, ...args: string[]): Promise<void> {
  await exec(command, args, { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024, timeout: 600_000 }).catch((error: unknown) => {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')}\n${(stdout + stderr).slice(-4_000)}`, { cause: error });
  });
}

const envOf = ({ name, url, key, receiver }: Surroundings): Record<string, string> => ({ NAME: name, NUNCIO_URL: url, NUNCIO_KEY: key, RECEIVER_URL: receiver });

/** The verifier for Node that docs/receiving.md prints. */
async function verifier(): Promise<string> {
  const code = /```js\n(.*?)```/s.exec(await readFile(join(ROOT, 'docs/receiving.md'), 'utf8'))?.[1];
  if (code === undefined) throw new Error('docs/receiving.md has no block in js any more');
  return code;
}

/** openapi-typescript and openapi-fetch, which the workspace has, so no other tool is needed. `dir` must be within the workspace. */
export const typescript: Client = async (document, dir, surroundings) => {
  const settings = { compilerOptions: { module: 'nodenext', target: 'es2024', lib: ['es2024', 'dom'], types: ['node'], strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true, outDir: 'out' }, include: ['flow.ts', 'receiving.ts'] };
  await writeFile(join(dir, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(join(dir, 'tsconfig.json'), JSON.stringify(settings));
  await copyFile(flow('flow.ts'), join(dir, 'flow.ts'));
  await writeFile(join(dir, 'receiving.ts'), `// @ts-nocheck\n${await verifier()}`);
  await run(dir, {}, process.execPath, programOf('openapi-typescript', 'bin/cli.js'), document, '-o', 'schema.d.ts');
  await run(dir, {}, process.execPath, programOf('typescript', 'bin/tsc'), '-p', '.');
  await run(dir, envOf(surroundings), process.execPath, 'out/flow.js');
};

/** Fetches openapi-generator from Maven Central with Maven. */
async function openApiGenerator(generator: string, document: string, dir: string, properties: string): Promise<void> {
  const artifact = `org.openapitools:openapi-generator-cli:${GENERATOR}`;
  await run(dir, {}, 'mvn', '-q', '-B', 'dependency:get', `-Dartifact=${artifact}`, '-Dtransitive=false');
  const jar = join(homedir(), '.m2/repository/org/openapitools/openapi-generator-cli', GENERATOR, `openapi-generator-cli-${GENERATOR}.jar`);
  await run(dir, {}, 'java', '-jar', jar, 'generate', '-i', document, '-g', generator, '-o', 'client', '--additional-properties', properties);
}

const python: Client = async (document, dir, surroundings) => {
  await openApiGenerator('python', document, dir, 'packageName=nuncio');
  await run(dir, {}, 'python3', '-m', 'venv', 'venv');
  await run(dir, {}, 'venv/bin/pip', 'install', '--quiet', './client');
  await run(dir, envOf(surroundings), 'venv/bin/python', flow('flow.py'));
};

/** Compiled but not run: the generated code refuses a required field that is null, even if it is nullable. */
const java: Client = async (document, dir) => {
  await openApiGenerator('java', document, dir, 'hideGenerationTimestamp=true');
  const client = join(dir, 'client');
  await copyFile(flow('Flow.java'), join(client, 'src/main/java/Flow.java'));
  await run(client, {}, 'mvn', '-q', '-B', '-DskipTests', 'compile');
};

const go: Client = async (document, dir, surroundings) => {
  await openApiGenerator('go', document, dir, 'packageName=nuncio');
  const client = join(dir, 'client');
  await run(client, {}, 'go', 'mod', 'edit', '-module', 'example/nuncio');
  // The generated tests import the module by a placeholder name.
  await run(client, {}, 'rm', '-rf', 'test');
  await runGo(client, 'openapi_generator.go', surroundings);
};

const oapiCodegen: Client = async (document, dir, surroundings) => {
  await run(dir, {}, 'go', 'mod', 'init', 'example/nuncio');
  await run(dir, { GOFLAGS: '-mod=mod' }, 'go', 'run', OAPI_CODEGEN, '-package', 'nuncio', '-generate', 'client,models', '-o', 'nuncio.go', document);
  await runGo(dir, 'oapi_codegen.go', surroundings);
};

async function runGo(dir: string, file: string, surroundings: Surroundings): Promise<void> {
  await mkdir(join(dir, 'flow'));
  await copyFile(flow(file), join(dir, 'flow/main.go'));
  await run(dir, {}, 'go', 'mod', 'tidy');
  await run(dir, envOf(surroundings), 'go', 'run', './flow');
}

/** All clients by the name of their generator. */
export const clients: Readonly<Record<string, Client>> = { typescript, python, java, go, 'oapi-codegen': oapiCodegen };
