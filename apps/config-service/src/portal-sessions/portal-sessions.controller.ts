import { Body, Controller, Delete, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { Fault, newId, reference, type Principal } from '@nuncio/contracts';
import { Answers, Caller, Moment, Operation, PortalRole, printOf, reachesNoFurther, Roles, ShowsOnce, signPortalSession, valid } from '@nuncio/service';
import { z } from 'zod';
import { apiKey, Groups } from '../api-keys/api-key.js';
import { CONFIG, type Config } from '../config.js';
import { EventStore, nuncio } from '../event-store/index.js';
import { invalid } from '../faults.js';
import { tenant } from '../tenants/tenant.js';
import { ended, LONGEST_SECONDS, portalSessions } from './portal-sessions.js';

const DEFAULT_SECONDS = 900;
/** Bytes. A request has 16 KiB of headers at most, and proxies take 8 KiB of one. */
const LONGEST_TOKEN = 8_000;

const Origin = z.string().max(300).refine((text) => URL.parse(text)?.origin === text && /^https?:/.test(text), 'must be the origin of a page: https://app.acme.com');

/** A language tag (RFC 5646) as `Intl` takes it. */
const Locale = z.string().max(35).refine(isLocale, 'must be a language tag: de-AT');

/** The person, as the host page names it. */
const Subject = z.string().trim().min(1).max(200);

const OpenPortalSession = z.strictObject({
  /** The caller's own, if it has one. */
  tenant: reference('tenant').optional(),
  role: PortalRole.default('consumer'),
  /** The groups whose resources its holder may manage; by default the caller's own. A viewer sees the whole tenant. */
  groups: Groups.optional(),
  subject: Subject.describe("The person who looks at the portal, by the host page's own id; the audit shows `portal:<subject>`").meta({ examples: ['user-4711'] }),
  origin: Origin.optional().describe('The origin of the page that shows the portal in a frame. The portal accepts the token from no other page. Without it, the answer has a link to the portal as a page of its own').meta({ examples: ['https://app.acme.com'] }),
  locale: Locale.optional().describe('How the portal writes dates and numbers: a language tag (RFC 5646). Its words are English').meta({ examples: ['de-AT'] }),
  expiresInSeconds: z.int().min(1).max(LONGEST_SECONDS).default(DEFAULT_SECONDS).describe('How many seconds the session lasts'),
});

const Opened = z
  .object({
    id: z.string().describe('The id to end it by').meta({ examples: ['ses_019b5f3a2c80d41d8cd98f00b204e980'] }),
    tenant: z.string(),
    role: PortalRole,
    groups: z.array(z.string()),
    expiresAt: Moment,
    token: z.string().optional().describe('The token that opens the portal. Only this answer has it'),
    url: z.string().optional().describe('For a session without `origin`: the link that opens the portal. It has the token, so only this answer has it'),
  })
  .meta({ id: 'PortalSession' });

const OfTenant = z.strictObject({ tenant: reference('tenant').optional().describe("The sessions' tenant; by default the caller's own") });
const OfPerson = OfTenant.extend({ subject: Subject.optional().describe('Only the sessions of this person') });

/** What can be the id of a session. */
const SESSION_ID = /^ses_[0-9a-f]{32}$/;

@Roles('admin', 'consumer')
@Controller('v1/portal-sessions')
export class PortalSessionsController {
  constructor(
    private readonly store: EventStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Operation({ description: 'Creates a token for a person who looks at the portal: for one tenant, with at most the role consumer, without more rights than the key that makes it. It ends with that key. Of the session nothing is stored.' })
  @Post()
  @HttpCode(201)
  @ShowsOnce(['/token', '/url'])
  @Answers(Opened)
  async open(@Caller() caller: Principal, @Body(valid(OpenPortalSession)) body: z.infer<typeof OpenPortalSession>) {
    const { PORTAL_KEYS, PUBLIC_URL = '' } = this.config;
    if (!PORTAL_KEYS) throw new Fault('not-found', 'There is no portal here: PORTAL_KEYS is not set.');
    const of = tenantOf(caller, body.tenant);
    const { role, groups = [...caller.groups], subject, origin = null, locale = null, expiresInSeconds } = body;
    if (!reachesNoFurther({ tenant: of, role, groups }, caller)) throw new Fault('forbidden', 'A session cannot have more rights than the key that makes it: its tenant, its groups, and the role consumer.');
    const maker = await this.#keyOf(caller);
    await this.store.read(caller).named(tenant, of, '/tenant');
    const position = await this.store.position();
    const now = Math.floor(Date.now() / 1_000);
    const id = newId('ses');
    const session = { sub: subject, tenant: of, role, groups, origin, locale, key: caller.id, keyPrint: printOf(maker.hash), jti: id, position };
    const token = await signPortalSession(PORTAL_KEYS, session, now, now + expiresInSeconds);
    if (token.length > LONGEST_TOKEN) throw invalid('/groups', 'too-large', `makes the token longer than ${LONGEST_TOKEN} bytes, too long for a header: give the session fewer groups, or groups with shorter names`);
    return { id, tenant: of, role, groups, expiresAt: new Date((now + expiresInSeconds) * 1_000), token, ...(origin === null && { url: `${PUBLIC_URL}/portal/#token=${token}` }) };
  }

  @Operation({ id: 'endPortalSession', description: 'Ends a portal session before its time. Within two seconds it is refused everywhere, and its streams end. A key of a consumer ends sessions that it made; a session can end itself. The same answer if there is no such session now.' })
  @Roles('admin', 'consumer', 'viewer')
  @Delete(':id')
  @HttpCode(204)
  async end(@Caller() caller: Principal, @Param('id') id: string, @Query(valid(OfTenant)) query: z.infer<typeof OfTenant>): Promise<void> {
    if (!SESSION_ID.test(id)) throw new Fault('not-found', `there is no portal session "${id}"`);
    if (caller.session !== id) refuseOthers(caller, 'A portal session can end only itself.');
    await this.#end(caller, tenantOf(caller, query.tenant), { session: id, subject: null });
  }

  @Operation({ id: 'endPortalSessions', description: 'Ends the portal sessions of a person, or of a tenant, that there are now. Within two seconds they are refused everywhere. A key of a consumer ends those that it made.' })
  @Delete()
  @HttpCode(204)
  async endAll(@Caller() caller: Principal, @Query(valid(OfPerson)) { tenant: named, subject }: z.infer<typeof OfPerson>): Promise<void> {
    refuseOthers(caller, 'A portal session can end only itself, by its id.');
    await this.#end(caller, tenantOf(caller, named), { session: null, subject: subject ?? null });
  }

  async #end(caller: Principal, of: string, which: { session: string | null; subject: string | null }): Promise<void> {
    const key = caller.role === 'admin' || caller.role === 'owner' ? null : (caller.madeBy ?? caller.id);
    await this.store.transact(caller, async (tx) => {
      await tx.named(tenant, of, '/tenant');
      const before = (await tx.find(portalSessions, of)) ?? (await tx.create(portalSessions, of, { tenant: of, ended: [] }));
      const isRepeated = which.session !== null && before.state.ended.some(({ session }) => session === which.session);
      await tx.append(portalSessions, before, isRepeated ? [] : [ended({ ...which, key })]);
    });
  }

  /** Access tokens and portal sessions are refused, since they have no key that could be revoked. */
  async #keyOf({ id }: Principal): Promise<{ readonly hash: string }> {
    const key = await this.store.read(nuncio).find(apiKey, id);
    if (!key) throw new Fault('forbidden', 'A session ends with the API key that made it, so it must be made with an API key.');
    return key.state;
  }
}

/** Throws Fault `forbidden` if the caller could not have made sessions. */
function refuseOthers(caller: Principal, toSessions: string): void {
  if (caller.madeBy !== undefined) throw new Fault('forbidden', toSessions);
  if (caller.role === 'viewer') throw new Fault('forbidden', 'The role viewer may not do this; admin, consumer, owner may, and a portal session may end itself.');
}

function tenantOf(caller: Principal, named: string | undefined): string {
  const of = named ?? caller.tenant;
  if (of === null) throw invalid('/tenant', 'required', 'must be named, since this key has no tenant');
  return of;
}

function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}
