import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import preset from './jest.preset.mjs';

/** Arrows point one way: app → chassis → adapter → core. Tools and tests stand beside them. */
const layers = [
  { sourceTag: 'layer:core', onlyDependOnLibsWithTags: ['layer:core'], bannedExternalImports: ['@nestjs/*', 'kafkajs', 'ioredis', 'typeorm', 'pg', 'undici'] },
  { sourceTag: 'layer:adapter', onlyDependOnLibsWithTags: ['layer:core', 'layer:adapter'] },
  { sourceTag: 'layer:chassis', onlyDependOnLibsWithTags: ['layer:core', 'layer:adapter', 'layer:chassis'] },
  { sourceTag: 'layer:app', onlyDependOnLibsWithTags: ['layer:core', 'layer:adapter', 'layer:chassis'] },
  // The console knows the installation only by its API.
  { sourceTag: 'layer:console', onlyDependOnLibsWithTags: ['layer:console'] },
  { sourceTag: 'layer:tool', onlyDependOnLibsWithTags: ['layer:core', 'layer:tool'] },
  { sourceTag: 'layer:test', onlyDependOnLibsWithTags: ['layer:tool'] },
];

/** Further libraries that specs of services and adapters may use. */
const layersOfSpecs = layers.map((layer) => (['layer:app', 'layer:adapter'].includes(layer.sourceTag) ? { ...layer, onlyDependOnLibsWithTags: [...layer.onlyDependOnLibsWithTags, 'layer:tool'] } : layer));

/** Modules that open sockets to arbitrary hosts. */
const SOCKETS = '^(?:node:)?(?:undici|net|tls|http|https|http2|dgram|dns)(?:/.*)?$';
const SOCKET_GLOBALS = ['fetch', 'WebSocket', 'EventSource'];
const ONE_WAY_OUT = 'Sockets are opened by libs/egress alone.';
const NO_SOCKETS = { regex: SOCKETS, allowTypeImports: true, message: ONE_WAY_OUT };
// Nest runs each interceptor through several observables. Three of them took a fifth of what the gateway spends on an event.
const NO_INTERCEPTORS = { regex: '^@nestjs/(?:common|core)$|^@nuncio/service$', importNames: ['APP_INTERCEPTOR', 'UseInterceptors', 'ResourcesModule'], message: 'The gateway has no interceptors: every event would pay for them. Use a guard, or a hook of Fastify.' };

const { testTimeout } = preset;
const ENDS_WHAT_HANGS = 'A time limit only ends what hangs. Leave it out: the default is long enough for a busy machine.';
const TESTS_AND_HOOKS = '/^(it|test|beforeAll|beforeEach|afterAll|afterEach)$/';
const OF_TESTS = [
  // kafkajs's own wait for a new topic rejects if a broker does not know the topic yet.
  { selector: "CallExpression[callee.property.name='createTopics']", message: 'Make topics with makeTopics of @nuncio/fixtures.' },
  ...['name', 'object.name', 'callee.object.name', 'callee.object.object.name', 'consequent.name', 'alternate.name'].map((callee) => ({ selector: `CallExpression[callee.${callee}=${TESTS_AND_HOOKS}] > Literal[value<=${testTimeout}]`, message: ENDS_WHAT_HANGS })),
  { selector: `CallExpression[callee.name='eventually'] > Literal[value<=${testTimeout / 2}]`, message: ENDS_WHAT_HANGS },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.nuncio/**', '**/.stryker-tmp/**', 'test/clients/flows/**'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { project: `${import.meta.dirname}/tsconfig.check.json` } },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { depConstraints: layers, enforceBuildableLibDependency: false, allow: [] }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      'max-lines': ['error', { max: 250 }],
    },
  },
  {
    // libs/egress is the only way out to hosts that a tenant can name. Sockets to the installation's own servers are opened by their client
    // libraries.
    files: ['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'],
    ignores: ['libs/egress/**', 'libs/embedded/**', 'libs/fixtures/**', 'apps/local/**', 'apps/cli/**', 'libs/service/src/front-door.ts', 'libs/service/src/metrics-server.ts', '**/*.spec.ts', '**/testing/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [NO_SOCKETS] }],
      'no-restricted-syntax': ['error', ...[`ImportExpression[source.value=/${SOCKETS.replaceAll('/', '\\/')}/]`, "CallExpression[callee.property.name='getBuiltinModule']", "CallExpression[callee.name='createRequire']"].map((selector) => ({ selector, message: ONE_WAY_OUT }))],
      'no-restricted-globals': ['error', ...SOCKET_GLOBALS.map((name) => ({ name, message: ONE_WAY_OUT }))],
      'no-restricted-properties': ['error', ...SOCKET_GLOBALS.map((property) => ({ object: 'globalThis', property, message: ONE_WAY_OUT }))],
    },
  },
  {
    files: ['apps/gateway/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [NO_SOCKETS, NO_INTERCEPTORS] }] },
  },
  { files: ['**/*.spec.ts', 'test/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...OF_TESTS] } },
  {
    // A page is drawn some time after it was acted on: what it shows at once is a matter of luck.
    files: ['test/console/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...OF_TESTS, ...[
        "AwaitExpression > CallExpression[callee.property.name=/^(content|count|innerText|allInnerTexts|textContent|allTextContents|inputValue|getAttribute|evaluate|is[A-Z]\\w*)$/]",
        "CallExpression[callee.property.name='url']",
      ].map((read) => ({ selector: `CallExpression[callee.name='expect'] ${read}:not(CallExpression[callee.name='eventually'] *)`, message: 'Wait for it: await soon(() => page.…).toBe(…), or eventually(…).' }))],
    },
  },
  {
    // The console runs in a browser, whose content security policy limits it to its own origin.
    files: ['apps/console/**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { project: `${import.meta.dirname}/apps/console/tsconfig.json` } },
    rules: {
      'no-restricted-globals': ['error', { name: 'fetch', message: 'The API is called by api/client.ts alone.' }],
      // A promise in an event handler belongs to its query or action.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  { files: ['apps/console/src/api/client.ts'], rules: { 'no-restricted-globals': 'off' } },
  { ignores: ['apps/console/src/api/schema.d.ts'] },
  {
    // `async` without `await` is the natural shape of a test double. expect(mock.method) is never called unbound here.
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off', '@typescript-eslint/unbound-method': 'off', '@typescript-eslint/no-non-null-assertion': 'off', 'max-lines': 'off' },
  },
  {
    files: ['apps/*/src/**/*.spec.ts', 'libs/*/src/**/*.spec.ts'],
    rules: { '@nx/enforce-module-boundaries': ['error', { depConstraints: layersOfSpecs, enforceBuildableLibDependency: false, allow: [] }] },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } } },
);
