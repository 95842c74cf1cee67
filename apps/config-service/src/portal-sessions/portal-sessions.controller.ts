import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { Fault, reference, type Principal } from '@nuncio/contracts';
import { Answers, Caller, Moment, Operation, PortalRole, printOf, reachesNoFurther, Roles, ShowsOnce, signPortalSession, valid } from '@nuncio/service';
import { z } from 'zod';
import { apiKey, Groups } from '../api-keys/api-key.js';
import { CONFIG, type Config } from '../config.js';
import { EventStore, nuncio } from '../event-store/index.js';
import { invalid } from '../faults.js';
import { tenant } from '../tenants/tenant.js';

const LONGEST_SECONDS = 3_600;
const DEFAULT_SECONDS = 900;
/** Bytes. A request has 16 KiB of headers at most, and proxies take 8 KiB of one. */
const LONGEST_TOKEN = 8_000;

const Origin = z.string().max(300).refine((text) => URL.parse(text)?.origin === text && /^https?:/.test(text), 'must be the origin of a page: https://app.acme.com');

const OpenPortalSession = z.strictObject({
  /** The caller's own, if it has one. */
  tenant: reference('tenant').optional(),
  role: PortalRole.default('consumer'),
  /** The groups whose resources its holder may manage; by default the caller's own. A viewer sees the whole tenant. */
  groups: Groups.optional(),
  subject: z.string().trim().min(1).max(200).describe("The person who looks at the portal, by the host page's own id; the audit shows `portal:<subject>`").meta({ examples: ['user-4711'] }),
  origin: Origin.describe('The origin of the page that shows the portal in a frame. The portal accepts the token from no other page').meta({ examples: ['https://app.acme.com'] }),
  expiresInSeconds: z.int().min(1).max(LONGEST_SECONDS).default(DEFAULT_SECONDS).describe('How many seconds the session lasts'),
});

const Opened = z
  .object({
    tenant: z.string(),
    role: PortalRole,
    groups: z.array(z.string()),
    expiresAt: Moment,
    token: z.string().optional().describe('The token that opens the portal. Only this answer has it'),
  })
  .meta({ id: 'PortalSession' });

@Roles('admin', 'consumer')
@Controller('v1/portal-sessions')
export class PortalSessionsController {
  constructor(
    private readonly store: EventStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Operation({ description: 'Creates a token for a person who looks at the portal: for one tenant, with at most the role consumer, without more rights than the key that makes it. It ends with that key. Nothing is stored.' })
  @Post()
  @HttpCode(201)
  @ShowsOnce(['/token'])
  @Answers(Opened)
  async open(@Caller() caller: Principal, @Body(valid(OpenPortalSession)) body: z.infer<typeof OpenPortalSession>) {
    const { PORTAL_KEYS } = this.config;
    if (!PORTAL_KEYS) throw new Fault('not-found', 'There is no portal here: PORTAL_KEYS is not set.');
    const of = body.tenant ?? caller.tenant;
    if (of === null) throw invalid('/tenant', 'required', 'must be named, since this key has no tenant');
    const { role, groups = [...caller.groups], subject, origin, expiresInSeconds } = body;
    if (!reachesNoFurther({ tenant: of, role, groups }, caller)) throw new Fault('forbidden', 'A session cannot have more rights than the key that makes it: its tenant, its groups, and the role consumer.');
    const maker = await this.#keyOf(caller);
    await this.store.read(caller).named(tenant, of, '/tenant');
    const now = Math.floor(Date.now() / 1_000);
    const session = { sub: subject, tenant: of, role, groups, origin, key: caller.id, keyPrint: printOf(maker.hash) };
    const token = await signPortalSession(PORTAL_KEYS, session, now, now + expiresInSeconds);
    if (token.length > LONGEST_TOKEN) throw invalid('/groups', 'too-large', `makes the token longer than ${LONGEST_TOKEN} bytes, too long for a header: give the session fewer groups, or groups with shorter names`);
    return { tenant: of, role, groups, expiresAt: new Date((now + expiresInSeconds) * 1_000), token };
  }

  /** Access tokens and portal sessions are refused, since they have no key that could be revoked. */
  async #keyOf({ id }: Principal): Promise<{ readonly hash: string }> {
    const key = await this.store.read(nuncio).find(apiKey, id);
    if (!key) throw new Fault('forbidden', 'A session ends with the API key that made it, so it must be made with an API key.');
    return key.state;
  }
}
