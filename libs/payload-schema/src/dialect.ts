import { Ajv, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';

export type Schema = Readonly<Record<string, unknown>>;

/** The supported dialects of JSON Schema, by `$schema`. The first is the default. */
const dialects = new Map([
  ['https://json-schema.org/draft/2020-12/schema', Ajv2020],
  ['http://json-schema.org/draft-07/schema', Ajv],
] as const);
export const dialectNames = [...dialects.keys()];

/** null = the dialect is not supported. */
export function ajvFor({ $schema = dialectNames[0] }: Schema, more: Options = {}): Ajv | Ajv2020 | null {
  const Dialect = dialects.get(String($schema).replace(/#$/, '') as (typeof dialectNames)[number]);
  if (!Dialect) return null;
  const ajv = new Dialect({ ...OPTIONS, ...more });
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword(uniqueItems);
  return ajv;
}

/**
 * RE2 matches in linear time. It refuses patterns for which it cannot (look-around, back-references), and so does Nuncio.
 */
const linear = Object.assign((pattern: string) => RE2JS.compile(RE2JS.translateRegExp(pattern)), { code: 'linear' });

const OPTIONS: Options = {
  // Unknown keywords, and `format`, are annotations (JSON Schema 2020-12, Core §6.5, Validation §7.2).
  strict: false,
  validateFormats: false,
  // An inherited property is no member of a payload.
  ownProperties: true,
  code: { regExp: linear },
  logger: false,
};

/** Replaces Ajv's keyword, which compares each item with every other. That would take minutes for a large payload. */
const uniqueItems = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  error: { message: 'must NOT have duplicate items' },
  validate: (unique: boolean, items: unknown[]): boolean => !unique || new Set(items.map(canonical)).size === items.length,
} as const;

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
