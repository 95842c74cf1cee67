import type { Command, Option } from 'commander';
import type { Api, Json, Schema } from '../api.js';
import type { GlobalOptions } from '../context.js';
import { textOf } from '../output.js';
import { profileNames } from '../profile.js';
import { fieldOf } from '../resources/body.js';
import { placeholderOf } from '../resources/commands.js';
import { listed } from '../resources/list.js';
import { resources, type Resource } from '../resources/resources.js';

/** A word that may stand at the cursor, and a few words about it. */
interface Candidate {
  readonly word: string;
  readonly about?: string;
}

/** The most ids that are offered: one page of a list. */
const IDS = 100;
/** Somebody waits at the keyboard. */
const WITHIN_MS = 3_000;

/** An unfinished command line: the command that it names, and what stands before the cursor. */
interface Typed {
  readonly command: Command;
  /** The values of the global options. */
  readonly globals: GlobalOptions;
  /** The number of arguments before the cursor. */
  readonly place: number;
  /** The option whose value is at the cursor. */
  readonly option: Option | undefined;
  readonly word: string;
}

/** What may stand in place of the last of these words, which may be empty. Nothing = the shell completes names of files. */
export async function candidates(program: Command, words: readonly string[], open: (globals: GlobalOptions) => Promise<Api>): Promise<Candidate[]> {
  const typed = typedIn(program, words);
  const { command, option, place, word } = typed;
  const within = (found: readonly Candidate[]): Candidate[] => found.filter((one) => one.word.startsWith(word));
  if (option) return within(await valuesOf(option, typed, open));
  if (word.startsWith('-')) return within(optionsOf(command, program).flatMap(({ long, description }) => (long ? [{ word: long, about: description }] : [])));
  const commands = command.createHelp().visibleCommands(command).map((sub) => ({ word: sub.name(), about: sub.description() }));
  const argument = command.registeredArguments[place];
  if (!argument) return within(place === 0 ? commands : []);
  return within([...commands, ...(argument.argChoices?.map((choice) => ({ word: choice })) ?? (await resourcesAt(`<${argument.name()}>`, word, await connected(typed, open))))]);
}

function typedIn(program: Command, words: readonly string[]): Typed {
  let command = program;
  let place = 0;
  let option: Option | undefined;
  let profile: string | undefined;
  for (const word of words.slice(0, -1)) {
    if (option) {
      if (option.attributeName() === 'profile') profile = word;
      option = undefined;
    } else if (word.startsWith('-')) {
      const known = optionsOf(command, program).find(({ long, short }) => long === word || short === word);
      if (known && (known.required || known.optional)) option = known;
    } else {
      const sub = place === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (sub) command = sub;
      else place += 1;
    }
  }
  return { command, globals: profile === undefined ? {} : { profile }, place, option, word: words.at(-1) ?? '' };
}

/** The commands that run where a group is named alone. */
const DEFAULTS = ['list', 'installation'];

/** The options of a command, of the one that it runs by default, and the global ones. */
const optionsOf = (command: Command, program: Command): readonly Option[] => [...command.options, ...command.commands.filter((sub) => DEFAULTS.includes(sub.name())).flatMap((sub) => sub.options), ...(command === program ? [] : program.options)];

const connected = ({ globals }: Typed, open: (globals: GlobalOptions) => Promise<Api>): Promise<Api> =>
  Promise.race([open(globals), new Promise<never>((_, reject) => setTimeout(() => { reject(new Error('it takes too long')); }, WITHIN_MS).unref())]);

async function valuesOf(option: Option, typed: Typed, open: (globals: GlobalOptions) => Promise<Api>): Promise<Candidate[]> {
  if (option.argChoices) return option.argChoices.map((word) => ({ word }));
  const name = option.attributeName();
  if (name === 'profile') return profileNames().map((word) => ({ word }));
  const resource = resourceOf(typed.command);
  const placeholder = /<[^>]+>/.exec(option.flags)?.[0] ?? '';
  const isOfApi = name === 'where' || name === 'status' || name === 'dialect' || PLACEHOLDERS.has(placeholder) || actionOf(typed.command) !== undefined;
  if (!isOfApi) return [];
  const api = await connected(typed, open);
  const list = LISTS[typed.command.name()] ?? (resource ? `/v1/${resource.name}` : '/v1/deliveries');
  if (name === 'where') return filters(api, list, typed.word);
  if (name === 'status') return choices(api.filterSchema(list, 'status'));
  if (name === 'dialect') return choices(propertyOf(api.bodyOf('POST /v1/callbacks'), 'profile'));
  if (PLACEHOLDERS.has(placeholder)) return resourcesAt(placeholder, typed.word, api);
  const action = actionOf(typed.command);
  const field = action?.fields?.find(({ flags }) => flags === option.flags);
  return action && field ? choices(propertyOf(api.bodyOf(action.operation), fieldOf(field))) : [];
}

/** The lists whose filters the commands take that belong to no resource. */
const LISTS: Readonly<Record<string, string>> = { tail: '/v1/attempts/stream', replay: '/v1/deliveries' };

const PLACEHOLDERS: ReadonlyMap<string, Resource> = new Map(resources.map((resource) => [placeholderOf(resource), resource]));

const resourceOf = (command: Command): Resource | undefined => resources.find(({ name }) => name === command.parent?.name() || name === command.name());
const actionOf = (command: Command) => resourceOf(command)?.actions?.find(({ name }) => name === command.name());

/** The ids of the newest resources whose placeholder this is; their external ids where the word begins so. */
async function resourcesAt(placeholder: string, word: string, api: Api): Promise<Candidate[]> {
  const resource = PLACEHOLDERS.get(placeholder);
  if (!resource) return [];
  const { name, key, columns, hasExternalIds = false } = resource;
  const items = await listed(api, `/v1/${name}`, {}, IDS);
  const isExternal = hasExternalIds && 'ext:'.startsWith(word.slice(0, 4)) && word !== '';
  return items.flatMap((item) => (isExternal ? (item.externalId ? [{ word: `ext:${textOf(item.externalId)}`, about: aboutOf(item, columns) }] : []) : [{ word: String(item[key ?? 'id']), about: aboutOf(item, columns) }]));
}

/** What distinguishes one from others: its name, or its second column. */
const aboutOf = (item: Json, columns: readonly string[]): string => textOf(item.name ?? item[columns[1] ?? ''] ?? '');

/** `name=`, and after it the values that the filter may have. */
function filters(api: Api, list: string, word: string): Candidate[] {
  const at = word.indexOf('=');
  if (at === -1) return api.filtersOf(list).filter((name) => name !== 'limit' && name !== 'cursor').map((name) => ({ word: `${name}=` }));
  const name = word.slice(0, at);
  return choices(api.filterSchema(list, name)).map(({ word: value }) => ({ word: `${name}=${value}` }));
}

function propertyOf(schema: Schema, name: string): Schema | undefined {
  const ref = /[^/]+$/.exec(textOf(schema.$ref))?.[0];
  const of = (ref === undefined ? schema : (schema.components as { schemas: Record<string, Schema> }).schemas[ref]) as { properties?: Record<string, Schema> } | undefined;
  return of?.properties?.[name];
}

/** The values of an enumeration, or of a list of them, without those that exclude: shells take `!` for a command of their own. */
function choices(schema: Schema | undefined): Candidate[] {
  const { enum: values, items, anyOf } = (schema ?? {}) as { enum?: readonly unknown[]; items?: Schema; anyOf?: readonly Schema[] };
  if (values) return values.filter((value) => value !== null && !textOf(value).startsWith('!')).map((word) => ({ word: textOf(word) }));
  if (items) return choices(items);
  return (anyOf ?? []).flatMap(choices);
}
