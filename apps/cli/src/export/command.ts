import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { Document } from 'yaml';
import type { Api, Json } from '../api.js';
import { Installation, tenantNamed, type Caller } from '../apply/installation.js';
import { isOfTenant, kinds, type Kind } from '../apply/kinds.js';
import { inLanes } from '../apply/lanes.js';
import { schemasOf } from '../apply/resource.js';
import { contextOf, type Context } from '../context.js';
import { show } from '../output.js';
import { drawProgress } from '../progress.js';
import { EXIT, Refusal } from '../refusal.js';
import { collect } from '../where.js';
import { exported } from './exported.js';
import { Variables } from './variables.js';

interface Options {
  readonly output: string;
  readonly tenant?: readonly string[];
  readonly force?: boolean;
}

export function addExport(program: Command): void {
  program
    .command('export')
    .description('write the configuration as YAML files for `nuncio apply`')
    .requiredOption('-o, --output <folder>', 'the folder for the files')
    .option('--tenant <tenant>', "only this tenant's; repeatable; default: all, with the event types", collect)
    .option('--force', 'overwrite existing files')
    .action(async (options: Options, command: Command) => {
      await exportAll(await contextOf(command), options);
    });
}

const RESERVED = 'nuncio.';
/** The roles that may write a kind. Others get no file of it, since they could not apply it. */
const WRITERS: Readonly<Partial<Record<Kind['name'], readonly string[]>>> = { tenant: ['admin'], 'event-type': ['admin', 'provider'] };

async function exportAll(context: Context, { output: folder, tenant: named, force = false }: Options): Promise<void> {
  const { api, output, signal } = context;
  const caller = await api.call<Caller>('GET /v1/me');
  const installation = await Installation.look(api, caller, named ? await idsOf(api, caller, named) : null);
  const schemas = schemasOf(api);
  const variables = new Variables();
  const leftOut: string[] = [];
  const written = new Map<string, Json[]>();
  const all = kinds.flatMap((kind) => {
    const isForCaller = (WRITERS[kind.name]?.includes(caller.role) ?? true) && !(kind.name === 'event-type' && named);
    return isForCaller ? installation.of(kind).map((existing) => ({ kind, existing })) : [];
  });
  const chosen = all.filter(({ kind, existing }) => {
    const key = existing[kind.key] as string | null;
    if (!key && !(kind.name === 'application' && existing.name === 'default')) leftOut.push(`${kind.name} ${existing.id} has no externalId, and is left out`);
    return key && !(kind.name === 'event-type' && key.startsWith(RESERVED));
  });
  let done = 0;
  // Oldest first, in whichever order they arrive, so that files of two exports can be compared.
  const documents: Json[] = [];
  const ordered = chosen.toReversed().sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
  await inLanes([...ordered.entries()], signal, async ([i, { kind, existing }]) => {
    documents[i] = await exported({ api, schemas, installation, variables, onBareId: (text) => leftOut.push(text) }, kind, existing);
    if (!output.isJson && process.stderr.isTTY) drawProgress(++done, chosen.length, 'exported', done === chosen.length, process.stderr);
  });
  if (signal.aborted) throw new Refusal('Interrupted. Nothing was written.', EXIT.interrupted);
  for (const [i, { kind, existing }] of ordered.entries()) {
    const file = fileOf(kind, existing);
    written.set(file, [...(written.get(file) ?? []), documents[i] ?? {}]);
  }
  write(folder, written, force);
  const summary = { folder, files: [...written.keys()], resources: chosen.length, variables: variables.names, leftOut };
  show(summary, output, () => textOf(summary));
}

function idsOf(api: Api, caller: Caller, named: readonly string[]): Promise<string[]> {
  return Promise.all(
    named.map(async (one) => {
      const id = caller.tenant ?? (await tenantNamed(api, one))?.id;
      if (id === undefined) throw new Refusal(`There is no tenant "${one}".`);
      return id;
    }),
  );
}

const fileOf = (kind: Kind, existing: Json): string => (kind.name === 'tenant' ? join(String(existing.id), 'tenant.yaml') : join(isOfTenant(kind) ? String(existing.tenant) : '.', `${kind.name}s.yaml`));

const ABOUT_SECRETS = ' Signing secrets are not exported: stored ones stay as they are, and missing ones are generated.\n To use one of your own: signing: { secret: "${env:NAME}" }';

function write(folder: string, written: ReadonlyMap<string, readonly Json[]>, force: boolean): void {
  const there = [...written.keys()].map((file) => join(folder, file)).filter((file) => existsSync(file));
  if (there.length && !force) throw new Refusal(`${there.join(', ')}: ${there.length === 1 ? 'exists' : 'exist'} already; --force overwrites ${there.length === 1 ? 'it' : 'them'}.`, EXIT.usage);
  for (const [file, documents] of written) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    const texts = documents.map((one) => new Document(one).toString({ lineWidth: 0 }));
    const comment = file.endsWith('callbacks.yaml') ? `#${ABOUT_SECRETS.replaceAll('\n', '\n#')}\n` : '';
    writeFileSync(path, comment + texts.join('---\n'));
  }
}

function textOf({ folder, files, resources, variables, leftOut }: { folder: string; files: readonly string[]; resources: number; variables: readonly string[]; leftOut: readonly string[] }): string {
  return [
    `${resources} resources in ${files.length} files in ${folder}.`,
    ...(variables.length ? ['', 'No installation shows its secrets. `nuncio apply` takes them from these variables; without a field the stored secret stays:', ...variables.map((name) => `  ${name}`)] : []),
    ...(leftOut.length ? ['', ...leftOut] : []),
  ].join('\n');
}
