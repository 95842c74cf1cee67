import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Query } from '@nestjs/common';
import { ApiKey, Fault, newId, type Principal } from '@nuncio/contracts';
import { Answers, Caller, Creates, hashApiKey, IfMatch, Moment, Operation, Roles, valid, type Versions } from '@nuncio/service';
import { z } from 'zod';
import { CONFIG, type Config } from '../config.js';
import { edited, EventStore, PastQuery, type Resource } from '../event-store/index.js';
import { withKeying } from '../keying/keying.js';
import { list, listOf, listQuery, type ListQuery } from '../lists/list.js';
import { answerOf, present, shownLabels } from '../presentation.js';
import { tenant } from '../tenants/tenant.js';
import { apiKey, CreateApiKey, endOfKey, generateKey, PatchApiKey, tenantOfKey } from './api-key.js';
import { KeyUses } from './key-uses.js';

const Shown = answerOf({
  ...ApiKey.omit({ hash: true, expiresAt: true }).shape,
  ...shownLabels,
  expiresAt: Moment.nullable().describe('When the key ends; null = it does not'),
  lastUsedAt: Moment.nullable().describe('When the key, or a portal session that it made, was last used, to about a minute; null = never, or not since this is recorded. Not part of the version'),
}).meta({ id: 'ApiKey' });

/** `key` is absent if the answer is replayed for an `Idempotency-Key`. */
const WithKey = Shown.extend({ key: z.string().optional().describe('The key itself. Only this answer has it').meta({ examples: ['nuncio_…'] }) });

const show = (resource: Resource<ApiKey>, lastUsedAt: Date | null) => {
  const { name, role, tenant: of, groups, expiresAt, labels = {} } = resource.state;
  return present(resource, { name, role, tenant: of, groups, labels, expiresAt: typeof expiresAt === 'number' ? new Date(expiresAt) : null, lastUsedAt });
};

const Listing = listQuery('api-key');

@Roles('admin', 'owner')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly store: EventStore,
    private readonly uses: KeyUses,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Operation({ description: 'Creates an API key. An owner may create keys of its own tenant without more rights than its own. A key made with a key that ends, ends no later. Only this answer has the key itself.' })
  @Creates({ shownOnce: ['/key'] })
  @Answers(WithKey)
  create(@Caller() caller: Principal, @Body(valid(CreateApiKey)) body: CreateApiKey) {
    const key = generateKey();
    const of = tenantOfKey(caller, body);
    return this.store.transact(caller, async (tx) => {
      if (of !== null) await tx.named(tenant, of, '/tenant');
      const expiresAt = endOfKey((await tx.find(apiKey, caller.id))?.state, body.expiresAt);
      const id = newId('key', tx.at);
      const resource = await tx.create(apiKey, id, { id, ...withKeying({}, body), ...(expiresAt !== null && { expiresAt }), tenant: of, hash: hashApiKey(this.config.API_KEY_PEPPER, key.reveal()) });
      return { ...show(resource, null), key: key.reveal() };
    });
  }

  @Operation({ description: 'API keys, newest first. The keys themselves are never shown.' })
  @Get()
  @Answers(listOf(Shown))
  async list(@Caller() caller: Principal, @Query(valid(Listing)) query: ListQuery) {
    const page = await list(this.store.read(caller), apiKey, ofOwner(caller, query), (key) => key);
    const uses = await this.uses.of(page.items.map(({ id }) => id));
    return { ...page, items: page.items.map((key) => show(key, uses.get(key.id) ?? null)) };
  }

  @Operation({ description: 'One API key, at present or as it was before.' })
  @Get(':id')
  @Answers(Shown)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(PastQuery)) past: PastQuery) {
    return this.#shown(theirs(caller, await this.store.read(caller).get(apiKey, id, past)));
  }

  @Operation({ description: 'Renames a key, or changes its labels. Its role, tenant, groups and expiry cannot be changed.' })
  @Patch(':id')
  @Answers(Shown)
  async patch(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions, @Body(valid(PatchApiKey)) body: z.infer<typeof PatchApiKey>) {
    const key = await this.store.transact(caller, async (tx) => {
      theirs(caller, await tx.get(apiKey, id));
      const current = await tx.current(apiKey, id, ifMatch);
      return tx.append(apiKey, current, edited(current.state, withKeying(current.state, body)));
    });
    return this.#shown(key);
  }

  @Operation({ description: 'Revokes the key. It is refused from the next request on.' })
  @Delete(':id')
  @HttpCode(204)
  async delete(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions) {
    await this.store.transact(caller, async (tx) => {
      theirs(caller, await tx.get(apiKey, id));
      await tx.delete(apiKey, await tx.current(apiKey, id, ifMatch));
    });
    await this.uses.forget(id);
  }

  async #shown(key: Resource<ApiKey>) {
    return show(key, (await this.uses.of([key.id])).get(key.id) ?? null);
  }
}

/** Only the administrator sees keys of no tenant. Throws Fault `not-found`. */
function theirs(caller: Principal, key: Resource<ApiKey>): Resource<ApiKey> {
  if (caller.tenant !== null && key.state.tenant !== caller.tenant) throw new Fault('not-found', `there is no api-key "${key.id}"`);
  return key;
}

const ofOwner = ({ tenant: of }: Principal, query: ListQuery): ListQuery => (of === null ? query : { ...query, filters: { tenant: [of], ...query.filters } });
