import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import type { Json } from '../api.js';
import { EXIT, Refusal } from '../refusal.js';
import { collect } from '../where.js';
import type { Field } from './resources.js';

/** Adds the options of these fields to a command. */
export function withFields(command: Command, fields: readonly Field[]): Command {
  for (const { flags, summary, isRequired = false, as } of fields) {
    const option = new Option(flags, summary).makeOptionMandatory(isRequired);
    command.addOption(as === 'list' || as === 'map' ? option.argParser(collect) : option);
  }
  return command;
}

/** The name of the field that an option sets. */
export const fieldOf = ({ flags, field }: Field): string => field ?? new Option(flags).attributeName();

/** The body of a request: the fields whose options were given. */
export function bodyOf(fields: readonly Field[], options: Json): Json {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const given = options[new Option(field.flags).attributeName()];
      return given === undefined ? [] : [[fieldOf(field), valueOf(field, given as string | string[])]];
    }),
  );
}

function valueOf({ flags, as }: Field, given: string | readonly string[]): unknown {
  if (as === 'map') return Object.fromEntries([given].flat().map((pair) => pairIn(pair, flags)));
  if (typeof given !== 'string') return given;
  if (as === 'payload') return payloadOf(given).toString('base64');
  if (as === 'secret') return payloadOf(given === '-' ? given : `@${given}`).toString().replace(/\r?\n$/, '');
  return as === 'number' ? numberOf(given, flags) : given;
}

/** The bytes of an option: a text, the file of `@file`, or standard input for `-`. */
export function payloadOf(data: string): Buffer {
  if (data !== '-' && !data.startsWith('@')) return Buffer.from(data);
  try {
    return readFileSync(data === '-' ? 0 : data.slice(1));
  } catch (error) {
    throw new Refusal(`${data === '-' ? 'Standard input' : data.slice(1)} cannot be read: ${(error as Error).message}.`, EXIT.usage);
  }
}

function pairIn(text: string, flags: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Refusal(`${flags} takes name=value, not "${text}".`, EXIT.usage);
  return [text.slice(0, at), text.slice(at + 1)];
}

function numberOf(text: string, flags: string): number {
  const number = Number(text);
  if (text.trim() && Number.isFinite(number)) return number;
  throw new Refusal(`${flags} takes a number, not "${text}".`, EXIT.usage);
}
