import type { Schemas } from '../api/client.js';
import { allSettings, type Setting } from './setting-list.js';

/** What was changed in the form, by the setting's place: its text; null = as the profile says. */
export type Edits = Readonly<Record<string, string | null>>;

/** What settings are read from. */
export interface Base {
  readonly callback: Schemas['Callback'];
  readonly profiles: readonly Schemas['Profile'][];
}

const partAt = (whole: unknown, at: string): unknown => at.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], whole);

const without = (edits: Edits, at: string): Edits => Object.fromEntries(Object.entries(edits).filter(([name]) => name !== at));

/** The text that the form shows for a setting. */
export function textOf({ callback, profiles }: Base, edits: Edits, { at, isPlain, text }: Setting): string {
  const edit = edits[at];
  if (typeof edit === 'string') return edit;
  if (isPlain) return text(partAt(callback, at));
  const own = edit === undefined ? partAt(callback.ownSettings, at) : undefined;
  return text(own === undefined ? partAt(presetOf(profiles, callback, edits), at) : own);
}

/** Whether the callback has a setting of its own there, with the edits. */
export const isSetHere = ({ callback }: Pick<Base, 'callback'>, edits: Edits, { at }: Setting): boolean => (edits[at] === undefined ? partAt(callback.ownSettings, at) !== undefined : edits[at] !== null);

/** The name of the profile that presets what is not set here. */
export const profileOf = (callback: Schemas['Callback'], edits: Edits): string => edits.profile ?? callback.profile;

/** What the profile presets. The scheme depends on whether there is a bearer token. */
function presetOf(profiles: Base['profiles'], callback: Schemas['Callback'], edits: Edits): object | undefined {
  const preset = profiles.find(({ name }) => name === profileOf(callback, edits));
  const hasToken = edits.authentication === undefined ? callback.authentication.type === 'oauth2' : edits.authentication !== '';
  return preset && { ...preset, signing: { scheme: hasToken ? preset.oauthScheme : preset.scheme } };
}

/** The edits after a text was typed or chosen. A text as it was before is no edit. */
export function changed(base: Base, edits: Edits, setting: Setting, text: string): Edits {
  const others = without(edits, setting.at);
  return text === textOf(base, others, setting) ? others : { ...others, [setting.at]: text };
}

/** The edits after a setting was given back to the profile. */
export function undone({ callback }: Base, edits: Edits, { at }: Setting): Edits {
  const others = without(edits, at);
  return partAt(callback.ownSettings, at) === undefined ? others : { ...others, [at]: null };
}

/** The merge patch (RFC 7396) of the edits, and of nothing else. */
export function patchOf(edits: Edits): Schemas['UpdateCallback'] {
  const patch: Record<string, unknown> = {};
  for (const setting of allSettings) {
    const edit = edits[setting.at];
    if (edit === undefined) continue;
    const [group = '', field] = setting.at.split('.');
    const value = edit === null ? null : setting.value(edit);
    patch[group] = field === undefined ? value : { ...(patch[group] as object | undefined), [field]: value };
  }
  return patch;
}
