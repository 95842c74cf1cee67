import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { sharedFleet } from '../fleet/fleet.js';
import { describe as describeApi, type Description } from '../fleet/contract.js';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
}

/** What the command's table says of a resource (apps/cli/src/resources/resources.ts). */
interface Resource {
  readonly name: string;
  readonly columns: readonly string[];
  readonly filters: readonly string[];
  readonly key?: string | null;
  readonly hasExternalIds?: boolean;
  readonly hasPayload?: boolean;
  readonly actions?: readonly { readonly name: string; readonly operation: string; readonly fields?: readonly object[]; readonly body?: object }[];
}

const TABLE = '../../apps/cli/dist/resources';
const { resources } = (await import(`${TABLE}/resources.js`)) as { resources: readonly Resource[] };
const { fieldOf } = (await import(`${TABLE}/body.js`)) as { fieldOf: (field: object) => string };

/** The table of the command, compared with the API that it calls. */
describe('the resources of nuncio', () => {
  const fleet = sharedFleet();
  afterAll(() => fleet.cluster.close());
  const api = describeApi(fleet.api.url);

  it.each(resources.map((resource): [string, Resource] => [resource.name, resource]))('have only columns, filters, calls and fields that the API has: %s', async (name, { columns, filters, key = 'id', hasExternalIds = false, hasPayload = false, actions = [] }) => {
    const description = await api;
    const path = `/v1/${name}`;
    const parameters = (of: string, method = 'get'): string[] => (description.paths[of]?.[method]?.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name);
    const item = propertiesIn(description, propertiesIn(description, answerOf(description, path, 'get')).items?.items);
    expect(columns.filter((column) => !(column in item))).toEqual([]);
    expect(filters.filter((filter) => !parameters(path).includes(filter))).toEqual([]);
    const one = `${path}/{${key ?? 'id'}}`;
    expect(description.paths[one]?.get === undefined).toBe(key === null);
    expect(parameters(one).includes('tenant')).toBe(hasExternalIds);
    expect(`${one}/payload` in description.paths).toBe(hasPayload);
    for (const { operation, fields = [], body = {} } of actions) {
      const [method = '', template = ''] = operation.split(' ');
      expect({ operation, isThere: description.paths[template]?.[method.toLowerCase()] !== undefined }).toEqual({ operation, isThere: true });
      const known = propertiesIn(description, bodyOf(description, template, method.toLowerCase()));
      expect({ operation, unknown: [...fields.map(fieldOf), ...Object.keys(body)].filter((field) => !(field in known)) }).toEqual({ operation, unknown: [] });
    }
  });

  it('are described in docs/cli.md, with every action', () => {
    const page = readFileSync(fileURLToPath(new URL('../../docs/cli.md', import.meta.url)), 'utf8');
    expect(resources.flatMap(({ name, actions = [] }) => [name, ...actions.map((action) => action.name)].filter((word) => !new RegExp(`[\`\\w-]*\\b${word}\\b`).test(page)).map((word) => `${name} ${word}`))).toEqual([]);
  });
});

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>>;
}

const operationAt = (description: Description, path: string, method: string): Operation | undefined => description.paths[path]?.[method];
const answerOf = (description: Description, path: string, method: string): Schema | undefined => operationAt(description, path, method)?.responses['200']?.content?.['application/json']?.schema;
const bodyOf = (description: Description, path: string, method: string): Schema | undefined => {
  const content = operationAt(description, path, method)?.requestBody?.content ?? {};
  return Object.values(content)[0]?.schema;
};

/** The properties of an object's schema, also behind a reference. */
function propertiesIn(description: Description, schema: Schema | undefined): Readonly<Record<string, Schema>> {
  const { schemas = {} } = (description as unknown as { components?: { schemas?: Record<string, Schema> } }).components ?? {};
  const resolved = schema?.$ref === undefined ? schema : schemas[/[^/]+$/.exec(schema.$ref)?.[0] ?? ''];
  return { ...resolved?.properties, ...Object.assign({}, ...(resolved?.allOf ?? []).map((part) => propertiesIn(description, part))) as object };
}
