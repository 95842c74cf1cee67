import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { EXIT, Refusal } from './refusal.js';

/** The address of an installation, and an API key. */
export interface Profile {
  readonly url: string;
  readonly key: string;
}

/** A profile, and where it was found. */
interface ChosenProfile extends Profile {
  readonly from: string;
}

type Profiles = Readonly<Record<string, Profile>>;

/** The file that `npm start` writes into its working directory. */
export const DEV_FILE = '.nuncio/dev.json';

const profilesFile = (env: NodeJS.ProcessEnv): string => join(env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'nuncio', 'profiles.json');

/**
 * The profile of a command: `name`; else `NUNCIO_URL` and `NUNCIO_API_KEY`; else the one named by `NUNCIO_PROFILE`; else `default`; else the
 * installation that `npm start` runs in this folder. Throws a Refusal if there is none.
 */
export function chooseProfile(name: string | undefined, env: NodeJS.ProcessEnv = process.env): ChosenProfile {
  if (name !== undefined) return named(name, env);
  const { NUNCIO_URL: url, NUNCIO_API_KEY: key, NUNCIO_PROFILE: chosen } = env;
  if (url && key) return { url: originOf(url), key, from: 'NUNCIO_URL and NUNCIO_API_KEY' };
  if (url || key) throw new Refusal(`${url ? 'NUNCIO_API_KEY' : 'NUNCIO_URL'} is missing: set NUNCIO_URL and NUNCIO_API_KEY together.`, EXIT.usage);
  if (chosen) return named(chosen, env);
  if (readProfiles(env).default) return named('default', env);
  if (!existsSync(DEV_FILE)) throw new Refusal('There is no profile: run `nuncio login --url <url>`, or set NUNCIO_URL and NUNCIO_API_KEY.', EXIT.usage);
  const dev = JSON.parse(readFileSync(DEV_FILE, 'utf8')) as { url: string; adminKey: string };
  return { url: dev.url, key: dev.adminKey, from: DEV_FILE };
}

export const profileNames = (env: NodeJS.ProcessEnv = process.env): string[] => Object.keys(readProfiles(env));

/** Stores a profile in a file that only its owner may read. */
export function keepProfile(name: string, { url, key }: Profile, env: NodeJS.ProcessEnv = process.env): string {
  const file = profilesFile(env);
  const all = { ...readProfiles(env), [name]: { url: originOf(url), key } };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
  return file;
}

function named(name: string, env: NodeJS.ProcessEnv): ChosenProfile {
  const profiles = readProfiles(env);
  const found = profiles[name];
  if (found) return { ...found, from: `profile ${name} of ${profilesFile(env)}` };
  const known = Object.keys(profiles);
  throw new Refusal(`There is no profile "${name}"${known.length ? `, only ${known.join(', ')}` : ''}: \`nuncio login --profile ${name}\` makes it.`, EXIT.usage);
}

function readProfiles(env: NodeJS.ProcessEnv): Profiles {
  const file = profilesFile(env);
  if (!existsSync(file)) return {};
  if (process.platform !== 'win32' && statSync(file).mode & 0o077) throw new Refusal(`Others can read ${file}, which has API keys in it: chmod 600 ${file}`, EXIT.usage);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Profiles;
  } catch {
    throw new Refusal(`${file} is not JSON: correct it, or delete it and run \`nuncio login\`.`, EXIT.usage);
  }
}

export function originOf(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new Refusal(`"${text}" is not the address of an installation: https://host, without a path.`, EXIT.usage);
}
