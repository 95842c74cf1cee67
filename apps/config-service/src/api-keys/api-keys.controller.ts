import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Query } from '@nestjs/common';
import { ApiKey, Fault, newId, type Principal } from '@nuncio/contracts';
import { Answers, Caller, Creates, hashApiKey, IfMatch, Moment, Operation, Roles, valid, type Versions } from '@nuncio/service';
import { z } from 'zod';
import { CONFIG, type Config } from '../config.js';
import { AtQuery, EventStore, type Resource } from '../event-store/index.js';
import { list, listOf, listQuery, type ListQuery } from '../lists/list.js';
import { answerOf, present } from '../presentation.js';
import { tenant } from '../tenants/tenant.js';
import { apiKey, CreateApiKey, endOfKey, generateKey, tenantOfKey } from './api-key.js';

/** `expiresAt`: null = it has no end. */
const Shown = answerOf({ ...ApiKey.omit({ hash: true, expiresAt: true }).shape, expiresAt: Moment.nullable() }).meta({ id: 'ApiKey' });

/** Without it where `Idempotency-Key` replays the answer. */
const WithKey = Shown.extend({ key: z.string().optional().describe('The key itself, in this answer alone').meta({ examples: ['nuncio_…'] }) });

const show = (resource: Resource<ApiKey>) => {
  const { name, role, tenant: of, groups, expiresAt } = resource.state;
  return present(resource, { name, role, tenant: of, groups, expiresAt: typeof expiresAt === 'number' ? new Date(expiresAt) : null });
};

const Listing = listQuery('api-key');

@Roles('admin', 'owner')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly store: EventStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Operation({ description: 'Makes a key, an owner one of its own tenant that reaches no further than itself. What is made with a key that has an end lasts no longer than that. Its answer is the only one that shows the key itself.' })
  @Creates({ shownOnce: ['/key'] })
  @Answers(WithKey)
  create(@Caller() caller: Principal, @Body(valid(CreateApiKey)) body: CreateApiKey) {
    const key = generateKey();
    const of = tenantOfKey(caller, body);
    return this.store.transact(caller, async (tx) => {
      if (of !== null) await tx.named(tenant, of, '/tenant');
      const expiresAt = endOfKey((await tx.find(apiKey, caller.id))?.state, body.expiresAt);
      const id = newId('key', tx.at);
      const resource = await tx.create(apiKey, id, { id, ...body, ...(expiresAt !== null && { expiresAt }), tenant: of, hash: hashApiKey(this.config.API_KEY_PEPPER, key.reveal()) });
      return { ...show(resource), key: key.reveal() };
    });
  }

  @Operation({ description: 'API keys, newest first. None of them shows the key itself.' })
  @Get()
  @Answers(listOf(Shown))
  list(@Caller() caller: Principal, @Query(valid(Listing)) query: ListQuery) {
    return list(this.store.read(caller), apiKey, ofOwner(caller, query), show);
  }

  @Operation({ description: 'One API key, as it is, or as it was at a time.' })
  @Get(':id')
  @Answers(Shown)
  async get(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(AtQuery)) { at }: AtQuery) {
    return show(theirs(caller, await this.store.read(caller).get(apiKey, id, at)));
  }

  @Operation({ description: "Revokes the key: from the next request on it is nobody's." })
  @Delete(':id')
  @HttpCode(204)
  delete(@Caller() caller: Principal, @Param('id') id: string, @IfMatch() ifMatch: Versions) {
    return this.store.transact(caller, async (tx) => {
      theirs(caller, await tx.get(apiKey, id));
      await tx.delete(apiKey, await tx.current(apiKey, id, ifMatch));
    });
  }
}

/** Keys of no tenant are the administrator's alone. Throws Fault `not-found`. */
function theirs(caller: Principal, key: Resource<ApiKey>): Resource<ApiKey> {
  if (caller.tenant !== null && key.state.tenant !== caller.tenant) throw new Fault('not-found', `there is no api-key "${key.id}"`);
  return key;
}

const ofOwner = ({ tenant: of }: Principal, query: ListQuery): ListQuery => (of === null ? query : { ...query, filters: { tenant: [of], ...query.filters } });
